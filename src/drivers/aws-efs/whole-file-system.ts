import type { EfsClient, MountTarget } from '../../cloud/aws/efs-client.ts';
import type { Call } from '../../csi/call.ts';
import type { MountPlan } from '../../csi/driver.ts';
import { CsiError } from '../../csi/errors.ts';
import { withAws } from './aws-failure.ts';
import { nfsOptions } from './efs-mount.ts';

/**
 * The root of a file system, for directory work: NFS to a mount target, as root, without TLS. A file system whose policy
 * asks for TLS or IAM refuses it, and then nothing is removed.
 */
export async function wholeFileSystem(efs: EfsClient, fileSystemId: string, call: Call): Promise<MountPlan> {
  const doing = `Could not mount "${fileSystemId}" for directory work`;
  const actions = ['elasticfilesystem:DescribeMountTargets'];
  const targets = await withAws({ doing, actions, mayExist: true }, () =>
    efs.listMountTargets(fileSystemId, call),
  );
  const address = firstAddress(targets);
  if (address === undefined)
    throw new CsiError('unavailable', `${doing}: it has no available mount target; create one`);
  return wholeFileSystemAt(fileSystemId, address);
}

/** The source is the file system's id, so that all work on it is known to be on the same, whatever the mount target. */
export function wholeFileSystemAt(fileSystemId: string, address: string): MountPlan {
  return {
    fsType: 'nfs4',
    source: `${fileSystemId}:/`,
    options: [...nfsOptions, `addr=${address}`],
    readonly: false,
    withoutHelper: true,
  };
}

/** The same one each time, for as long as it is there. */
function firstAddress(targets: readonly MountTarget[]): string | undefined {
  const addresses = targets.flatMap(({ state, ipAddress, ipv6Address }) =>
    state === 'available' ? (ipAddress ?? ipv6Address ?? []) : [],
  );
  return addresses.sort()[0];
}
