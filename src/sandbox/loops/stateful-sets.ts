import type { PersistentVolumeClaim, Pod, PodVolume } from '../../kube/objects.ts';
import { persistentVolumeClaims, pods } from '../../kube/resources.ts';
import { getIfThere, keyOf, type Loop, type LoopPorts, nameOf, on } from './loop.ts';
import { templateHash } from './template-hash.ts';
import {
  controllerKeys,
  controllerOf,
  controllerReference,
  isActive,
  isReady,
  type StatefulSet,
  statefulSetsOf,
} from './workload-objects.ts';
import { writeStatus } from './write-status.ts';

const REVISION_LABEL = 'controller-revision-hash';
const POD_NAME_LABEL = 'statefulset.kubernetes.io/pod-name';
const INDEX_LABEL = 'apps.kubernetes.io/pod-index';

/** Numbered pods with claims of their own: made in order, each when the one before is ready, and ended in reverse. */
export function statefulSetLoop(ports: LoopPorts): Loop {
  const { client } = ports;
  return {
    name: 'stateful-sets',
    triggers: [
      on(statefulSetsOf, (set) => [keyOf(set)]),
      on(pods, (pod) => controllerKeys('StatefulSet', pod)),
    ],
    async reconcile(key) {
      const set = await getIfThere(client, statefulSetsOf, nameOf(key));
      if (set === undefined || set.metadata.deletionTimestamp !== undefined) return undefined;
      const { items } = await client.list(pods, { namespace: set.metadata.namespace ?? '' });
      const own = new Map(
        items
          .filter((pod) => controllerOf(pod)?.uid === set.metadata.uid)
          .map((pod) => [ordinalOf(pod), pod]),
      );
      const step = nextStep(set, own);
      if (step?.type === 'create') await createPod(set, step.ordinal, ports);
      if (step?.type === 'delete') await deletePod(set, step.pod, ports);
      await writeStatus(client, statefulSetsOf, set, statusOf(set, [...own.values()]));
      // One step at a time; the change it makes asks for the next.
      return undefined;
    },
  };
}

type Step =
  | { readonly type: 'create'; readonly ordinal: number }
  | { readonly type: 'delete'; readonly pod: Pod };

/** Pure. What is to be done next, or undefined while a pod is waited for or all is well. */
export function nextStep(set: StatefulSet, own: ReadonlyMap<number, Pod>): Step | undefined {
  const wanted = set.spec.replicas ?? 1;
  const inOrder = set.spec.podManagementPolicy !== 'Parallel';
  for (let ordinal = 0; ordinal < wanted; ordinal++) {
    const pod = own.get(ordinal);
    if (pod === undefined) return { type: 'create', ordinal };
    // One that has ended makes room for its successor.
    if (!isActive(pod) && pod.metadata.deletionTimestamp === undefined) return { type: 'delete', pod };
    if (inOrder && !isReady(pod)) return undefined;
  }
  const highestFirst = [...own].sort(([a], [b]) => b - a);
  const surplus = highestFirst.find(([ordinal]) => ordinal >= wanted)?.[1];
  if (surplus !== undefined)
    return surplus.metadata.deletionTimestamp === undefined ? { type: 'delete', pod: surplus } : undefined;
  if (set.spec.updateStrategy?.type === 'OnDelete') return undefined;
  if (![...own.values()].every(isReady)) return undefined;
  const revision = revisionOf(set);
  const outdated = highestFirst.find(([, pod]) => pod.metadata.labels?.[REVISION_LABEL] !== revision)?.[1];
  return outdated && { type: 'delete', pod: outdated };
}

function revisionOf(set: StatefulSet): string {
  return `${set.metadata.name}-${templateHash(set.spec.template)}`;
}

function ordinalOf(pod: Pod): number {
  const name = pod.metadata.name ?? '';
  return Number(name.slice(name.lastIndexOf('-') + 1));
}

async function createPod(set: StatefulSet, ordinal: number, ports: LoopPorts): Promise<void> {
  const { client, recordEvent } = ports;
  const name = `${set.metadata.name}-${ordinal}`;
  const namespace = set.metadata.namespace ?? '';
  const volumes: PodVolume[] = [];
  for (const template of set.spec.volumeClaimTemplates ?? []) {
    const claimName = `${template.metadata.name}-${name}`;
    await createClaim(set, template, claimName, ports);
    volumes.push({ name: template.metadata.name ?? '', persistentVolumeClaim: { claimName } });
  }
  const { template } = set.spec;
  const replaced = new Set(volumes.map((volume) => volume.name));
  const others = (template.spec.volumes ?? []).filter((volume) => !replaced.has(volume.name));
  await client.create(pods, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace,
      annotations: { ...template.metadata?.annotations },
      labels: {
        ...template.metadata?.labels,
        [REVISION_LABEL]: revisionOf(set),
        [POD_NAME_LABEL]: name,
        [INDEX_LABEL]: `${ordinal}`,
      },
      ownerReferences: [controllerReference(statefulSetsOf as never, set)],
    },
    spec: {
      ...structuredClone(template.spec),
      volumes: [...others, ...volumes],
      hostname: name,
      subdomain: set.spec.serviceName ?? '',
    },
  });
  const message = `create Pod ${name} in StatefulSet ${set.metadata.name} successful`;
  recordEvent(statefulSetsOf, set, { type: 'Normal', reason: 'SuccessfulCreate', message });
}

/** Claims stay when their pod or set goes: they are the data. */
async function createClaim(
  set: StatefulSet,
  template: PersistentVolumeClaim,
  name: string,
  { client, recordEvent }: LoopPorts,
): Promise<void> {
  const namespace = set.metadata.namespace ?? '';
  if ((await getIfThere(client, persistentVolumeClaims, { namespace, name })) !== undefined) return;
  const labels = { ...template.metadata.labels, ...set.spec.selector.matchLabels };
  await client.create(persistentVolumeClaims, {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name, namespace, labels, annotations: { ...template.metadata.annotations } },
    spec: structuredClone(template.spec),
  });
  const message = `create Claim ${name} Pod ${name.slice((template.metadata.name?.length ?? 0) + 1)} in StatefulSet ${set.metadata.name} success`;
  recordEvent(statefulSetsOf, set, { type: 'Normal', reason: 'SuccessfulCreate', message });
}

async function deletePod(set: StatefulSet, pod: Pod, { client, recordEvent }: LoopPorts): Promise<void> {
  await client.delete(pods, nameOf(keyOf(pod)), { preconditions: { uid: pod.metadata.uid ?? '' } });
  const message = `delete Pod ${pod.metadata.name} in StatefulSet ${set.metadata.name} successful`;
  recordEvent(statefulSetsOf, set, { type: 'Normal', reason: 'SuccessfulDelete', message });
}

function statusOf(set: StatefulSet, own: readonly Pod[]) {
  const revision = revisionOf(set);
  const updated = own.filter((pod) => pod.metadata.labels?.[REVISION_LABEL] === revision);
  const done = updated.length === own.length;
  const ready = own.filter((pod) => isActive(pod) && isReady(pod)).length;
  return {
    observedGeneration: set.metadata.generation ?? 1,
    replicas: own.length,
    readyReplicas: ready,
    availableReplicas: ready,
    updatedReplicas: updated.length,
    currentReplicas: done ? own.length : own.length - updated.length,
    updateRevision: revision,
    currentRevision: done ? revision : ((set.status?.currentRevision as string | undefined) ?? revision),
    collisionCount: 0,
  };
}
