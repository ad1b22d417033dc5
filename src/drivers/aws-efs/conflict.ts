import type { EfsVolume } from './efs-volume.ts';
import { isBelow } from './paths.ts';
import { directoryRequest, type Plan } from './plan.ts';
import type { IdRange } from './posix-ids.ts';

/** Why a volume of the right name is not the one that `plan` asks for, in upstream's words where it has them. */
export function conflictWith(plan: Plan, found: EfsVolume): string | undefined {
  const difference =
    accessPointDifference(plan, found) ?? directoryDifference(plan, found) ?? sizeDifference(plan, found);
  if (difference === undefined) return undefined;
  return found.accessPoint === undefined
    ? `the directory of volume ${plan.intent.volumeName} exists already and ${difference}`
    : `Invalid existing access point: Access point found but ${difference} (${found.accessPoint.id})`;
}

function accessPointDifference(
  { intent, fileSystemIds }: Plan,
  { accessPoint }: EfsVolume,
): string | undefined {
  if (accessPoint === undefined) return undefined;
  const { fileSystemId, posixUser, rootDirectory } = accessPoint;
  if (!fileSystemIds.includes(fileSystemId)) return `it is in file system ${fileSystemId}`;
  if (!isBelow(rootDirectory.path, intent.directory.base))
    return "has different base path than what's specified in storage class";
  if (posixUser === undefined) return 'PosixUser is nil';
  const { uid, gid, range } = intent.ids;
  return idDifference('GID', posixUser.gid, gid, range) ?? idDifference('UID', posixUser.uid, uid, range);
}

function idDifference(
  what: string,
  has: number,
  fixed: number | undefined,
  { start, end }: IdRange,
): string | undefined {
  if (fixed !== undefined) return has === fixed ? undefined : `its ${what} is incorrect`;
  return has >= start && has <= end ? undefined : `its ${what} is outside the specified range`;
}

function directoryDifference(plan: Plan, { record }: EfsVolume): string | undefined {
  if (record === undefined) return undefined;
  const asked = directoryRequest(plan);
  for (const key of ['base', 'path', 'mode', 'uid', 'gid', 'onDelete'] as const)
    if (record[key] !== asked[key]) return `its ${key} is ${record[key]}, asked for ${asked[key]}`;
  return undefined;
}

/** EFS keeps no sizes: what this process, or a directory's record, remembers of the first request is all there is. */
function sizeDifference({ intent }: Plan, { capacityBytes }: EfsVolume): string | undefined {
  const { requiredBytes, limitBytes } = intent;
  if (capacityBytes < requiredBytes)
    return `it was made for ${capacityBytes} bytes, asked for ${requiredBytes}`;
  if (limitBytes > 0n && capacityBytes > limitBytes)
    return `it was made for ${capacityBytes} bytes, asked for at most ${limitBytes}`;
  return undefined;
}
