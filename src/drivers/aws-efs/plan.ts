import type { CreateAccessPointRequest, PosixUser } from '../../cloud/aws/efs-client.ts';
import type { MakeDirectory } from '../../directories/directories-port.ts';
import type { EfsSettings } from '../driver-module.ts';
import { directoryName } from './directory-name.ts';
import type { Intent } from './intent.ts';
import { clusterTag } from './shared-gids.ts';

export const driverName = 'efs.csi.aws.com';

/** What is done for an intent, once it is known which file systems its class means. */
export interface Plan {
  readonly intent: Intent;
  /** In the order to try them. */
  readonly fileSystemIds: readonly string[];
  readonly settings: EfsSettings;
}

/** What is sent to EFS. The identity is always set, so what a pod says it is does not count. */
export function accessPointRequest(
  { intent, settings }: Plan,
  fileSystemId: string,
  user: PosixUser,
): CreateAccessPointRequest {
  return {
    fileSystemId,
    clientToken: intent.clientToken,
    posixUser: user,
    rootDirectory: {
      path: intent.directory.path,
      creationInfo: { ownerUid: user.uid, ownerGid: user.gid, permissions: intent.permissions },
    },
    tags: intent.tagging ? { ...settings.tags, [clusterTag]: 'true' } : {},
  };
}

/** What is asked of `berth directories` in `efs-dir` mode, wherever the file system is mounted from. */
export function directoryRequest({ intent, settings }: Plan): Omit<MakeDirectory, 'mount'> {
  const { base, path } = intent.directory;
  return {
    volume: directoryName(intent.volumeName),
    driver: driverName,
    base: base.slice(1),
    path: path.slice(base === '/' ? 1 : base.length + 1),
    mode: Number.parseInt(intent.permissions, 8),
    uid: intent.ids.uid ?? 0,
    gid: intent.ids.gid ?? 0,
    onDelete: intent.onDelete ?? (settings.deleteRootDirectories ? 'delete' : 'retain'),
    capacityBytes: intent.requiredBytes,
    quota: 'none',
  };
}
