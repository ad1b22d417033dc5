import type { DriverModule } from '../driver-module.ts';
import { createEfsBackend } from './controller.ts';
import { explainMount, explainVolume } from './explain.ts';
import { createEfsMounter } from './node.ts';
import { driverName } from './plan.ts';

/** Amazon EFS, in place of kubernetes-sigs/aws-efs-csi-driver: same name, parameters and volume handles. */
export const awsEfs: DriverModule = {
  name: driverName,
  csiDriver: {
    attachRequired: false,
    podInfoOnMount: false,
    fsGroupPolicy: 'ReadWriteOnceWithFSType',
    volumeLifecycleModes: ['Persistent'],
  },
  openController: async (ports) => createEfsBackend(ports),
  openNode: createEfsMounter,
  explain: { volume: explainVolume, mount: explainMount },
};
