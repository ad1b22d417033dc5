import { loadDriver } from '../../drivers/catalog.ts';
import type { KubeClient } from '../../kube/client.ts';
import { csiDrivers } from '../../kube/resources.ts';

/** What installing the drivers puts into a cluster besides their pods: without it no pod's particulars reach the mount. */
export async function applyCsiDrivers(client: KubeClient, drivers: readonly string[]): Promise<void> {
  for (const name of drivers) {
    const module = await loadDriver(name);
    if (!module) continue;
    const body = {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'CSIDriver',
      metadata: { name },
      spec: module.csiDriver,
    };
    // Applied, since a new sandbox has none and an older one may have that of an older Berth.
    await client.patch(
      csiDrivers,
      { name },
      { type: 'apply', body, fieldManager: 'berth-sandbox', force: true },
    );
  }
}
