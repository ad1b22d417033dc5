import type { KubeObject, OwnerReference } from '../../kube/objects.ts';
import {
  configMaps,
  csiNodes,
  daemonSets,
  deployments,
  leases,
  nodes,
  persistentVolumeClaims,
  pods,
  type Resource,
  replicaSets,
  secrets,
  serviceAccounts,
  statefulSets,
} from '../../kube/resources.ts';
import { discoverKind } from './discover-resources.ts';
import { getIfThere, isReason, keyOf, type Loop, type LoopPorts, nameOf, on } from './loop.ts';

/** The kinds that are followed: owned ones, and owners whose end is seen at once. */
const collected = [
  configMaps,
  csiNodes,
  daemonSets,
  deployments,
  leases,
  nodes,
  persistentVolumeClaims,
  pods,
  replicaSets,
  secrets,
  serviceAccounts,
  statefulSets,
] as readonly Resource[];

const FOREGROUND = 'foregroundDeletion';
const ORPHAN = 'orphan';
/** While an owner waits for its dependents to end. */
const LOOK_AGAIN_MS = 200;
/** An owner of a kind that nobody follows, a custom resource say, is asked for now and then. */
const UNFOLLOWED_LOOK_MS = 1_000;

/** What belongs to something that is gone goes as well; what kube-controller-manager's garbage collector does. */
export function collectGarbage(ports: LoopPorts): Loop {
  const { client } = ports;
  /** Keys of what each owner owns, by the owner's uid. */
  const dependents = new Map<string, Set<string>>();

  const resourceOf = (plural: string) => collected.find((resource) => resource.plural === plural);
  const learn = (key: string, object: KubeObject) => {
    for (const { uid } of object.metadata.ownerReferences ?? [])
      dependents.set(uid, (dependents.get(uid) ?? new Set()).add(key));
  };
  const ownedBy = (object: KubeObject) => [...(dependents.get(object.metadata.uid ?? '') ?? [])];

  return {
    name: 'collect-garbage',
    triggers: collected.map((resource) =>
      on(resource, (object) => {
        const key = `${resource.plural} ${keyOf(object)}`;
        learn(key, object);
        const { ownerReferences = [], deletionTimestamp } = object.metadata;
        return [
          ...(ownerReferences.length > 0 || deletionTimestamp !== undefined ? [key] : []),
          ...ownedBy(object),
        ];
      }),
    ),
    async reconcile(key) {
      const [plural = '', name = ''] = key.split(' ');
      const resource = resourceOf(plural);
      if (resource === undefined) return undefined;
      const object = await getIfThere(client, resource, nameOf(name));
      if (object === undefined) return forget(key);
      if (object.metadata.deletionTimestamp !== undefined) return finishOwner(resource, object);
      const fate = await fateOf(object);
      if (fate === 'goes') await remove(resource, object);
      return fate === 'stays-for-now' ? { requeueAfterMs: UNFOLLOWED_LOOK_MS } : undefined;
    },
  };

  function forget(key: string): undefined {
    for (const [uid, keys] of dependents) if (keys.delete(key) && keys.size === 0) dependents.delete(uid);
  }

  /** It goes when all its owners are gone, or one of them waits for it to go. */
  async function fateOf(object: KubeObject): Promise<'stays' | 'stays-for-now' | 'goes'> {
    const references = object.metadata.ownerReferences ?? [];
    if (references.length === 0) return 'stays';
    let gone = 0;
    for (const reference of references) {
      const owner = await ownerOf(reference, object.metadata.namespace);
      if (owner === 'gone') gone++;
      else if (owner !== 'unknown' && waitsForDependents(owner)) return 'goes';
    }
    if (gone === references.length) return 'goes';
    return references.every(isFollowed) ? 'stays' : 'stays-for-now';
  }

  /** Unknown: the server has no such kind, so nobody can say that the owner is gone. */
  async function ownerOf(
    reference: OwnerReference,
    namespace: string | undefined,
  ): Promise<KubeObject | 'gone' | 'unknown'> {
    const resource = followed(reference) ?? (await discoverKind(client, reference));
    if (resource === undefined) return 'unknown';
    const { name, uid } = reference;
    const where = resource.namespaced ? { namespace: namespace ?? '', name } : { name };
    const owner = await getIfThere(client, resource, where);
    return owner === undefined || owner.metadata.uid !== uid ? 'gone' : owner;
  }

  async function remove(resource: Resource, object: KubeObject): Promise<void> {
    await client.delete(resource, nameOf(keyOf(object)), {
      preconditions: { uid: object.metadata.uid ?? '' },
    });
  }

  /** An owner that is to go after its dependents, or to leave them free. */
  async function finishOwner(resource: Resource, owner: KubeObject) {
    const finalizers = owner.metadata.finalizers ?? [];
    const mode = [FOREGROUND, ORPHAN].find((one) => finalizers.includes(one));
    if (mode === undefined) return undefined;
    const left = await livingDependents(owner);
    if (mode === ORPHAN) for (const [kind, object] of left) await setFree(kind, object, owner);
    if (mode === FOREGROUND && left.length > 0) {
      for (const [kind, object] of left)
        if (object.metadata.deletionTimestamp === undefined) await remove(kind, object);
      return { requeueAfterMs: LOOK_AGAIN_MS };
    }
    const { resourceVersion } = owner.metadata;
    const rest = finalizers.filter((one) => one !== mode);
    await client.patch(resource, nameOf(keyOf(owner)), {
      type: 'merge',
      body: { metadata: { resourceVersion, finalizers: rest } },
    });
    return undefined;
  }

  async function livingDependents(owner: KubeObject): Promise<readonly (readonly [Resource, KubeObject])[]> {
    const left: [Resource, KubeObject][] = [];
    for (const key of ownedBy(owner)) {
      const [plural = '', name = ''] = key.split(' ');
      const resource = resourceOf(plural);
      const object = resource && (await getIfThere(client, resource, nameOf(name)));
      const owned = object?.metadata.ownerReferences?.some(({ uid }) => uid === owner.metadata.uid);
      if (resource !== undefined && object !== undefined && owned) left.push([resource, object]);
    }
    return left;
  }

  async function setFree(resource: Resource, object: KubeObject, owner: KubeObject): Promise<void> {
    const { resourceVersion, ownerReferences = [] } = object.metadata;
    const others = ownerReferences.filter(({ uid }) => uid !== owner.metadata.uid);
    try {
      await client.patch(resource, nameOf(keyOf(object)), {
        type: 'merge',
        body: { metadata: { resourceVersion, ownerReferences: others } },
      });
    } catch (error) {
      if (!isReason(error, 'NotFound')) throw error;
    }
  }
}

function followed({ apiVersion, kind }: OwnerReference): Resource | undefined {
  const group = apiVersion.includes('/') ? apiVersion.split('/')[0] : '';
  return collected.find((one) => one.kind === kind && one.group === group);
}

const isFollowed = (reference: OwnerReference) => followed(reference) !== undefined;

function waitsForDependents({ metadata }: KubeObject): boolean {
  return metadata.deletionTimestamp !== undefined && (metadata.finalizers ?? []).includes(FOREGROUND);
}
