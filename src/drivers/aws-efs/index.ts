import type { DriverModule } from '../driver-module.ts';

/** Amazon EFS, in place of kubernetes-sigs/aws-efs-csi-driver: same name, parameters and volume handles. */
export const awsEfs: DriverModule = {
  name: 'efs.csi.aws.com',
  csiDriver: {
    attachRequired: false,
    podInfoOnMount: false,
    fsGroupPolicy: 'ReadWriteOnceWithFSType',
    volumeLifecycleModes: ['Persistent'],
  },
  openController: async (ports) => (await import('./controller.ts')).createEfsBackend(ports),
  openNode: async (ports) => (await import('./node/node.ts')).createEfsMounter(ports),
  openExplain: async () => {
    const { explainVolume, explainMount } = await import('./explain/explain.ts');
    return { volume: explainVolume, mount: explainMount };
  },
};
