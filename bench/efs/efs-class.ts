import type { KubeClient } from '../../src/kube/client.ts';
import { storageClasses } from '../../src/kube/resources.ts';
import { content } from '../../src/sandbox/clouds/aws/content.ts';

export const efsDriver = 'efs.csi.aws.com';

/** Of a class whose GIDs are allocated. */
export const efsParameters = {
  provisioningMode: 'efs-ap',
  fileSystemId: content.fileSystemId,
  directoryPerms: '700',
};

export async function efsClass(client: KubeClient, name: string): Promise<void> {
  await client.create(storageClasses, {
    metadata: { name },
    provisioner: efsDriver,
    parameters: efsParameters,
    reclaimPolicy: 'Delete',
  });
}
