import { loadDriver } from '../../drivers/catalog.ts';
import type { KubeClient } from '../../kube/client.ts';
import type { KubeObject } from '../../kube/objects.ts';
import { csiDrivers } from '../../kube/resources.ts';
import { isReason } from '../../sandbox/loops/loop.ts';

/** What installing the drivers puts into a cluster besides their pods: without it no pod's particulars reach the mount. */
export async function applyCsiDrivers(client: KubeClient, drivers: readonly string[]): Promise<void> {
  for (const name of drivers) {
    const body = await csiDriverObject(name);
    // Applied, since a new sandbox has none and an older one may have that of an older Berth.
    await client.patch(
      csiDrivers,
      { name },
      { type: 'apply', body, fieldManager: 'berth-sandbox', force: true },
    );
  }
}

/** The same in a cluster of the user's, where one that is there already is left as it is. */
export async function createCsiDrivers(
  client: KubeClient,
  drivers: readonly string[],
  annotations: Readonly<Record<string, string>>,
): Promise<void> {
  for (const name of drivers) {
    const object = await csiDriverObject(name);
    try {
      await client.create(csiDrivers, { ...object, metadata: { name, annotations } });
    } catch (error) {
      if (!isReason(error, 'AlreadyExists')) throw error;
    }
  }
}

async function csiDriverObject(name: string): Promise<KubeObject & { readonly spec: object }> {
  const module = await loadDriver(name);
  if (!module) throw new Error(`there is no driver ${name} in this program`);
  return {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'CSIDriver',
    metadata: { name },
    spec: module.csiDriver,
  };
}
