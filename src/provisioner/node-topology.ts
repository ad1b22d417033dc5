import type { TopologyRequirement } from '../csi/gen/csi.ts';
import type { PersistentVolumeClaim, StorageClass } from '../kube/objects.ts';
import { nodes } from '../kube/resources.ts';
import { annotations } from './names.ts';
import type { ProvisionerContext } from './provisioner-context.ts';

type Segments = Record<string, string>;

/**
 * Where a volume should be made: near the node that the scheduler has chosen for the claim's first pod, or where the
 * class allows. Undefined where neither says anything that the driver asks for.
 */
export async function nodeTopology(
  { client, topologyKeys }: Pick<ProvisionerContext, 'client' | 'topologyKeys'>,
  claim: PersistentVolumeClaim,
  storageClass: StorageClass,
  signal: AbortSignal,
): Promise<TopologyRequirement | undefined> {
  if (topologyKeys.length === 0) return undefined;
  const allowed = allowedTopologies(storageClass, topologyKeys);
  const name = claim.metadata.annotations?.[annotations.selectedNode];
  const chosen = name === undefined ? {} : await segmentsOf(client, name, topologyKeys, signal);
  const preferred = Object.keys(chosen).length === 0 ? [] : [{ segments: chosen }];
  if (preferred.length === 0 && allowed.length === 0) return undefined;
  const requisite = allowed.length === 0 ? preferred : allowed.map((segments) => ({ segments }));
  return { requisite, preferred };
}

async function segmentsOf(
  client: ProvisionerContext['client'],
  name: string,
  keys: readonly string[],
  signal: AbortSignal,
): Promise<Segments> {
  const { labels = {} } = (await client.get(nodes, { name }, signal)).metadata;
  return Object.fromEntries(
    keys.flatMap((key) => (labels[key] === undefined ? [] : [[key, labels[key]] as const])),
  );
}

/** Pure. Each term's expressions hold together, so a term with several values stands for several topologies. */
export function allowedTopologies(
  { allowedTopologies: terms = [] }: StorageClass,
  keys: readonly string[],
): readonly Segments[] {
  return terms.flatMap(({ matchLabelExpressions = [] }) =>
    matchLabelExpressions
      .filter(({ key }) => keys.includes(key))
      .reduce<Segments[]>(
        (topologies, { key, values }) =>
          topologies.flatMap((topology) => values.map((value) => ({ ...topology, [key]: value }))),
        [{}],
      )
      .filter((topology) => Object.keys(topology).length > 0),
  );
}
