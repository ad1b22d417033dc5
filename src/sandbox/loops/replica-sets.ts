import type { Pod } from '../../kube/objects.ts';
import { pods } from '../../kube/resources.ts';
import { getIfThere, keyOf, type Loop, type LoopPorts, nameOf, on } from './loop.ts';
import {
  controllerKeys,
  controllerOf,
  controllerReference,
  isActive,
  isReady,
  replicaSetsOf,
  type Workload,
} from './workload-objects.ts';
import { writeStatus } from './write-status.ts';

/** As many pods as a ReplicaSet asks for. */
export function replicaSetLoop(ports: LoopPorts): Loop {
  const { client } = ports;
  return {
    name: 'replica-sets',
    triggers: [
      on(replicaSetsOf, (set) => [keyOf(set)]),
      on(pods, (pod) => controllerKeys('ReplicaSet', pod)),
    ],
    async reconcile(key) {
      const set = await getIfThere(client, replicaSetsOf, nameOf(key));
      if (set === undefined || set.metadata.deletionTimestamp !== undefined) return undefined;
      // From the server: a pod just made must not be made again.
      const { items } = await client.list(pods, { namespace: set.metadata.namespace ?? '' });
      const active = items.filter((pod) => controllerOf(pod)?.uid === set.metadata.uid && isActive(pod));
      const wanted = set.spec.replicas ?? 1;
      for (let count = active.length; count < wanted; count++) await createPod(set, ports);
      for (const pod of expendable(active).slice(0, Math.max(0, active.length - wanted)))
        await deletePod(set, pod, ports);
      await writeStatus(client, replicaSetsOf, set, {
        replicas: active.length,
        fullyLabeledReplicas: active.length,
        readyReplicas: active.filter(isReady).length,
        availableReplicas: active.filter(isReady).length,
        observedGeneration: set.metadata.generation ?? 1,
      });
      return undefined;
    },
  };
}

/** Those that would be missed least first: not scheduled, not ready, youngest. */
function expendable(candidates: readonly Pod[]): Pod[] {
  const rank = (pod: Pod) => (pod.spec.nodeName === undefined ? 0 : isReady(pod) ? 2 : 1);
  const created = (pod: Pod) => Date.parse(pod.metadata.creationTimestamp ?? '');
  return [...candidates].sort((a, b) => rank(a) - rank(b) || created(b) - created(a));
}

async function createPod(set: Workload, { client, recordEvent }: LoopPorts): Promise<void> {
  const { template } = set.spec;
  const pod = await client.create(pods, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      generateName: `${set.metadata.name}-`,
      namespace: set.metadata.namespace ?? '',
      labels: { ...template.metadata?.labels },
      annotations: { ...template.metadata?.annotations },
      ownerReferences: [controllerReference(replicaSetsOf as never, set)],
    },
    spec: structuredClone(template.spec),
  });
  const message = `Created pod: ${pod.metadata.name}`;
  recordEvent(replicaSetsOf, set, { type: 'Normal', reason: 'SuccessfulCreate', message });
}

async function deletePod(set: Workload, pod: Pod, { client, recordEvent }: LoopPorts): Promise<void> {
  await client.delete(pods, nameOf(keyOf(pod)), { preconditions: { uid: pod.metadata.uid ?? '' } });
  const message = `Deleted pod: ${pod.metadata.name}`;
  recordEvent(replicaSetsOf, set, { type: 'Normal', reason: 'SuccessfulDelete', message });
}
