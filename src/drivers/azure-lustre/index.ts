import type { DriverModule } from '../driver-module.ts';
import { createLustreBackend } from './controller.ts';
import { explainMount, explainVolume } from './explain.ts';
import { hasSubscription } from './has-subscription.ts';
import { createLustreMounter } from './node.ts';
import { withDirectories } from './with-directories.ts';

/** Azure Managed Lustre, in place of kubernetes-sigs/azurelustre-csi-driver: same name, parameters and volume handles. */
export const azureLustre: DriverModule = {
  name: 'azurelustre.csi.azure.com',
  csiDriver: {
    attachRequired: false,
    podInfoOnMount: true,
    fsGroupPolicy: 'File',
    volumeLifecycleModes: ['Persistent'],
  },
  openController: async (ports) =>
    withDirectories(createLustreBackend(ports, await hasSubscription(ports)), ports),
  openNode: createLustreMounter,
  explain: { volume: explainVolume, mount: explainMount },
};
