import type { AwsRole } from '../../cloud/aws/aws-role.ts';
import type { EfsClient } from '../../cloud/aws/efs-client.ts';
import type { ControllerPorts } from '../driver-module.ts';
import { withAws } from './aws-failure.ts';
import { type FileSystemWatch, watchFileSystem } from './file-system-watch.ts';

/** EFS in one account, and what is known of its file systems. */
export interface EfsAccess {
  readonly efs: EfsClient;
  watch(fileSystemId: string): FileSystemWatch;
}

/** Opens EFS for a role, or with the driver's own identity; one set of listings for each, as long as the process runs. */
export type OpenEfs = (role: AwsRole | undefined) => Promise<EfsAccess>;

export function createOpenEfs(ports: ControllerPorts): OpenEfs {
  const opened = new Map<string, EfsAccess>();
  return async (role) => {
    const key = role?.arn ?? '';
    const doing = 'EFS cannot be asked';
    const aws = await withAws({ doing, actions: [] }, () => ports.aws());
    const efs = aws.efs(role);
    const held = opened.get(key);
    // Another external id is another client of the same account.
    if (held?.efs === efs) return held;
    const watches = new Map<string, FileSystemWatch>();
    const access: EfsAccess = {
      efs,
      watch(fileSystemId) {
        const watched = watches.get(fileSystemId);
        if (watched !== undefined) return watched;
        const { clock, log, tenure, stopped } = ports;
        const watch = watchFileSystem({ fileSystemId, efs, clock, log, tenure, stopped });
        watches.set(fileSystemId, watch);
        return watch;
      },
    };
    opened.set(key, access);
    return access;
  };
}
