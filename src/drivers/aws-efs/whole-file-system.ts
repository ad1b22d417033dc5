import type { PublishRequest } from '../../csi/driver.ts';
import type { EfsMountPlan } from './efs-mount.ts';
import { planMount } from './mount-plan.ts';

/**
 * The root of a file system, for directory work. With the process' own identity (`iam`), so that the file system's
 * policy can allow what root has to do there.
 */
export function wholeFileSystem(
  fileSystemId: string,
  context: Readonly<Record<string, string>>,
): EfsMountPlan {
  const request: PublishRequest = {
    volumeId: fileSystemId,
    targetPath: '/',
    stagingTargetPath: '',
    capability: {
      access: { type: 'mount', fsType: '', mountFlags: ['iam'] },
      mode: 'MULTI_NODE_MULTI_WRITER',
    },
    readonly: false,
    volumeContext: context,
    publishContext: {},
    secrets: {},
  };
  const { plan } = planMount(request, 'tunnel');
  if (plan === undefined) throw new TypeError(`${fileSystemId} is not the ID of a file system`);
  return plan;
}
