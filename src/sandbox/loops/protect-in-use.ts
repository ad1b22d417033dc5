import type { KubeObject, PersistentVolume, PersistentVolumeClaim, Pod } from '../../kube/objects.ts';
import { persistentVolumeClaims, persistentVolumes, pods, type Resource } from '../../kube/resources.ts';
import { usesClaim } from './bind-claims.ts';
import { getIfThere, keyOf, type Loop, type LoopPorts, nameOf, on } from './loop.ts';

const CLAIM_FINALIZER = 'kubernetes.io/pvc-protection';
const VOLUME_FINALIZER = 'kubernetes.io/pv-protection';

/** A claim that is deleted while a pod uses it stays until that pod has ended. */
export function protectClaims(ports: LoopPorts): Loop {
  const { client } = ports;
  return {
    name: 'protect-claims',
    triggers: [
      on(persistentVolumeClaims, (claim) => [keyOf(claim)]),
      on(pods, (pod) =>
        (pod.spec.volumes ?? []).flatMap((volume) => {
          const name = volume.persistentVolumeClaim?.claimName;
          return name === undefined ? [] : [`${pod.metadata.namespace}/${name}`];
        }),
      ),
    ],
    async reconcile(key) {
      const claim = await getIfThere(client, persistentVolumeClaims, nameOf(key));
      if (claim === undefined) return undefined;
      const inUse = async () => {
        const { items } = await client.list(pods, { namespace: claim.metadata.namespace ?? '' });
        return items.some((pod) => holdsClaim(pod, claim));
      };
      return keepFinalizer(persistentVolumeClaims, claim, CLAIM_FINALIZER, inUse, ports);
    },
  };
}

/** A pod that was never started on a node, or has ended, holds nothing. */
function holdsClaim(pod: Pod, claim: PersistentVolumeClaim): boolean {
  const ended = pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
  return !ended && pod.spec.nodeName !== undefined && usesClaim(pod, claim.metadata.name ?? '');
}

/** A volume that is deleted while it is bound stays until its claim has gone. */
export function protectVolumes(ports: LoopPorts): Loop {
  return {
    name: 'protect-volumes',
    triggers: [on(persistentVolumes, (volume) => [volume.metadata.name ?? ''])],
    async reconcile(name) {
      const volume = await getIfThere(ports.client, persistentVolumes, { name });
      if (volume === undefined) return undefined;
      const bound = async () => volume.status?.phase === 'Bound';
      return keepFinalizer(persistentVolumes, volume, VOLUME_FINALIZER, bound, ports);
    },
  };
}

async function keepFinalizer<T extends PersistentVolume | PersistentVolumeClaim>(
  resource: Resource<T>,
  object: T,
  finalizer: string,
  inUse: () => Promise<boolean>,
  { client }: LoopPorts,
): Promise<undefined> {
  const { finalizers = [], deletionTimestamp, resourceVersion }: KubeObject['metadata'] = object.metadata;
  const has = finalizers.includes(finalizer);
  const wanted = deletionTimestamp === undefined ? true : has && (await inUse());
  if (wanted === has) return undefined;
  const next = wanted ? [...finalizers, finalizer] : finalizers.filter((one) => one !== finalizer);
  await client.patch(resource, nameOf(keyOf(object)), {
    type: 'merge',
    body: { metadata: { resourceVersion, finalizers: next } },
  });
  return undefined;
}
