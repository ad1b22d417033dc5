import type { DriverModule } from '../driver-module.ts';

/** Azure Managed Lustre, in place of kubernetes-sigs/azurelustre-csi-driver: same name, parameters and volume handles. */
export const azureLustre: DriverModule = {
  name: 'azurelustre.csi.azure.com',
  csiDriver: {
    attachRequired: false,
    podInfoOnMount: true,
    fsGroupPolicy: 'File',
    volumeLifecycleModes: ['Persistent'],
  },
  openController: async (ports) => (await import('./open-backend.ts')).openLustreBackend(ports),
  openNode: async (ports) => (await import('./node/node.ts')).createLustreMounter(ports),
  openExplain: async () => {
    const { explainVolume, explainMount } = await import('./explain/explain.ts');
    return { volume: explainVolume, mount: explainMount };
  },
};
