import type { Clock } from '../../../async/clock.ts';
import { type KubeClient, KubeError } from '../../../kube/client.ts';
import type { CsiNode, CsiNodeDriver } from '../../../kube/objects.ts';
import { csiNodes, nodes } from '../../../kube/resources.ts';
import type { Plugin } from './plugin-registry.ts';

/** The node's entry in the cluster for each driver: what schedulers and provisioners read. */
export interface CsiNodeRecord {
  /** Adds the driver to CSINode, and its topology to the node's labels. */
  add(plugin: Plugin): Promise<void>;
  remove(driver: string): Promise<void>;
}

const TRIES = 5;

export function createCsiNodeRecord(client: KubeClient, nodeName: string, clock: Clock): CsiNodeRecord {
  const update = async (change: (drivers: CsiNodeDriver[]) => CsiNodeDriver[]) => {
    for (let tries = 1; ; tries++) {
      try {
        const found = await getOrCreate(client, nodeName);
        const drivers = change(found.spec.drivers ?? []);
        if (JSON.stringify(drivers) !== JSON.stringify(found.spec.drivers ?? []))
          await client.replace(csiNodes, { ...found, spec: { ...found.spec, drivers } });
        return;
      } catch (error) {
        if (!(error instanceof KubeError && error.status === 409) || tries >= TRIES) throw error;
        await clock.sleep(20 * tries);
      }
    }
  };
  return {
    async add({ name, info }) {
      const segments = info.accessibleTopology?.segments ?? {};
      if (Object.keys(segments).length > 0)
        await client.patch(
          nodes,
          { name: nodeName },
          { type: 'merge', body: { metadata: { labels: segments } } },
        );
      const count = Number(info.maxVolumesPerNode);
      const entry = {
        name,
        nodeID: info.nodeId,
        topologyKeys: Object.keys(segments),
        ...(count > 0 && { allocatable: { count } }),
      };
      await update((drivers) => [...drivers.filter((driver) => driver.name !== name), entry]);
    },
    remove: (driver) => update((drivers) => drivers.filter(({ name }) => name !== driver)),
  };
}

async function getOrCreate(client: KubeClient, name: string): Promise<CsiNode> {
  try {
    return await client.get(csiNodes, { name });
  } catch (error) {
    if (!(error instanceof KubeError && error.reason === 'NotFound')) throw error;
  }
  const { metadata } = await client.get(nodes, { name });
  // So that it goes with its node.
  const owner = { apiVersion: 'v1', kind: 'Node', name, uid: metadata.uid ?? '' };
  return client.create(csiNodes, {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'CSINode',
    metadata: { name, ownerReferences: [owner] },
    spec: { drivers: [] },
  });
}
