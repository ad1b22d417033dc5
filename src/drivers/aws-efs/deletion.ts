import type { AccessPoint } from '../../cloud/aws/efs-client.ts';
import type { Call } from '../../csi/call.ts';
import { CsiError } from '../../csi/errors.ts';
import type { ControllerPorts } from '../driver-module.ts';
import { type Attempt, withAws } from './aws-failure.ts';
import { describeAccessPoint } from './creation.ts';
import { planDataRemoval, whyNotOurs } from './data-removal.ts';
import { isReuseToken } from './directory-name.ts';
import type { EfsAccess } from './efs-access.ts';
import type { VolumeId } from './volume-id.ts';
import { wholeFileSystem } from './whole-file-system.ts';

/** Removes the access point of a volume and, where the controller is told to, its data first. Gone is success. */
export async function deleteAccessPointVolume(
  ports: ControllerPorts,
  access: EfsAccess,
  { fileSystemId, accessPointId }: VolumeId,
  call: Call,
): Promise<void> {
  const watch = access.watch(fileSystemId);
  const known = watch.ledger.byId(accessPointId)?.accessPoint;
  const withData = ports.efs?.deleteRootDirectories === true;
  const found =
    withData || known === undefined ? await describeAccessPoint(access, accessPointId, call) : known;
  if (found === undefined) return watch.removed(accessPointId);
  if (found.fileSystemId !== fileSystemId)
    throw refuse(
      accessPointId,
      `it is in file system ${found.fileSystemId}, the volume's is ${fileSystemId}`,
    );
  const foreign = whyNotOurs(found);
  if (foreign !== undefined) throw refuse(accessPointId, foreign);
  if (withData) await removeData(ports, access, found, call);
  const attempt: Attempt = {
    doing: `Failed to Delete volume ${accessPointId}`,
    actions: ['elasticfilesystem:DeleteAccessPoint'],
    mayExist: true,
  };
  await withAws(attempt, () => access.efs.deleteAccessPoint(accessPointId, call));
  watch.removed(accessPointId);
}

/** The data goes before the access point, so that nothing is ever left that no access point speaks of. */
async function removeData(
  ports: ControllerPorts,
  access: EfsAccess,
  accessPoint: AccessPoint,
  call: Call,
): Promise<void> {
  const { id, fileSystemId, clientToken } = accessPoint;
  if (isReuseToken(clientToken))
    return call.log.warn(
      { accessPoint: id },
      'claims of one name share this access point (reuseAccessPoint), so its data stays',
    );
  if (ports.directories === undefined)
    throw new CsiError(
      'failed-precondition',
      `Could not delete access point root directory "${accessPoint.rootDirectory.path}": --delete-access-point-root-dir needs "berth directories" beside the controller`,
    );
  const watch = access.watch(fileSystemId);
  const listing = {
    doing: 'Failed to fetch Access Points',
    actions: ['elasticfilesystem:DescribeAccessPoints'],
  };
  // Another's access point may have come since the last listing, and this cannot be undone.
  await withAws({ ...listing, mayExist: true }, () => watch.refreshed(call.signal));
  const others = [...watch.ledger.all()].flatMap(({ accessPoint: other }) =>
    other.id === id ? [] : [other.rootDirectory.path],
  );
  const removal = planDataRemoval(accessPoint, others);
  if (removal.refusal !== undefined)
    throw new CsiError(
      'failed-precondition',
      `Could not delete access point root directory "${accessPoint.rootDirectory.path}": ${removal.refusal}; the access point ${id} and the data stay`,
    );
  const mount = await wholeFileSystem(access.efs, fileSystemId, call);
  await ports.directories.removeUnrecorded({ mount, ...removal.order }, call);
}

function refuse(accessPointId: string, reason: string): CsiError {
  return new CsiError(
    'failed-precondition',
    `access point ${accessPointId} is not deleted, because nothing proves that it was made for a volume: ${reason}. Delete it by hand if it is not needed`,
  );
}
