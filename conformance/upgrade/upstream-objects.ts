import type { UpstreamVolumeSource } from '../../src/drivers/azure-lustre/testing/upstream-volumes.ts';

const driver = 'azurelustre.csi.azure.com';
export const mountOptions = ['noatime', 'flock'];

/** Volume, claim and pod of one form, as `kubectl get -o json` would have saved them from a cluster of upstream's. */
export function upstreamObjects(source: UpstreamVolumeSource): readonly object[] {
  const { form, volumeHandle, volumeAttributes } = source;
  const capacity = { storage: '48Ti' };
  const accessModes = ['ReadWriteMany'];
  const provisioned = !form.startsWith('hand-written');
  return [
    {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: {
        name: `pv-${form}`,
        ...(provisioned && { annotations: { 'pv.kubernetes.io/provisioned-by': driver } }),
      },
      spec: {
        capacity,
        accessModes,
        mountOptions,
        storageClassName: '',
        persistentVolumeReclaimPolicy: provisioned ? 'Delete' : 'Retain',
        csi: { driver, volumeHandle, volumeAttributes },
      },
    },
    {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: form, namespace: 'default' },
      spec: {
        accessModes,
        storageClassName: '',
        volumeName: `pv-${form}`,
        resources: { requests: capacity },
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: form, namespace: 'default' },
      spec: {
        containers: [
          {
            name: 'writer',
            image: 'busybox',
            command: ['/bin/sh', '-c', `echo ${form} > /data/written-by-${form}; exec sleep 3600`],
            volumeMounts: [{ name: 'data', mountPath: '/data' }],
          },
        ],
        volumes: [{ name: 'data', persistentVolumeClaim: { claimName: form } }],
      },
    },
  ];
}
