const driver = 'efs.csi.aws.com';

/** A PersistentVolume as upstream's provisioner or a person wrote it. */
export interface UpstreamEfsVolume {
  /** Of volume, claim and pod. */
  readonly name: string;
  readonly handle: string;
  readonly reclaim: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly mountOptions?: readonly string[];
}

/** Volume, claim and a pod that writes the file `written`, as `kubectl get -o json` would have saved them. */
export function upstreamEfsObjects(volume: UpstreamEfsVolume): readonly object[] {
  const { name, handle, reclaim, attributes, mountOptions = [] } = volume;
  const capacity = { storage: '5Gi' };
  const accessModes = ['ReadWriteMany'];
  return [
    {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: {
        name,
        ...(reclaim === 'Delete' && { annotations: { 'pv.kubernetes.io/provisioned-by': driver } }),
      },
      spec: {
        capacity,
        accessModes,
        mountOptions,
        storageClassName: '',
        persistentVolumeReclaimPolicy: reclaim,
        csi: { driver, volumeHandle: handle, volumeAttributes: attributes },
      },
    },
    {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name, namespace: 'default' },
      spec: { accessModes, storageClassName: '', volumeName: name, resources: { requests: capacity } },
    },
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: 'default' },
      spec: {
        containers: [
          {
            name: 'writer',
            image: 'busybox',
            command: ['/bin/sh', '-c', 'date > /data/written; exec sleep 3600'],
            volumeMounts: [{ name: 'data', mountPath: '/data' }],
          },
        ],
        volumes: [{ name: 'data', persistentVolumeClaim: { claimName: name } }],
      },
    },
  ];
}
