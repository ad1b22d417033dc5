import { getIfThere, keyOf, type Loop, type LoopPorts, nameOf, on } from './loop.ts';
import { templateHash } from './template-hash.ts';
import {
  controllerKeys,
  controllerOf,
  controllerReference,
  type Deployment,
  deploymentsOf,
  replicaSetsOf,
  type Workload,
} from './workload-objects.ts';
import { writeStatus } from './write-status.ts';

const HASH_LABEL = 'pod-template-hash';
const REVISION = 'deployment.kubernetes.io/revision';
const DEFAULT_HISTORY = 10;

/** One ReplicaSet for each template a Deployment has had, and a change from one to the next without a gap. */
export function deploymentLoop(ports: LoopPorts): Loop {
  const { client } = ports;
  return {
    name: 'deployments',
    triggers: [
      on(deploymentsOf, (deployment) => [keyOf(deployment)]),
      on(replicaSetsOf, (set) => controllerKeys('Deployment', set)),
    ],
    async reconcile(key) {
      const deployment = await getIfThere(client, deploymentsOf, nameOf(key));
      if (deployment === undefined || deployment.metadata.deletionTimestamp !== undefined) return undefined;
      const { items } = await client.list(replicaSetsOf, { namespace: deployment.metadata.namespace ?? '' });
      const sets = items.filter((set) => controllerOf(set)?.uid === deployment.metadata.uid);
      const hash = templateHash(deployment.spec.template);
      const current = sets.find((set) => set.metadata.labels?.[HASH_LABEL] === hash);
      const old = sets.filter((set) => set !== current);
      if (deployment.spec.paused !== true) await rollOut(deployment, hash, current, old, ports);
      await pruneHistory(deployment, old, ports);
      await writeStatus(
        client,
        deploymentsOf,
        deployment,
        statusOf(deployment, current, old, ports.clock.now()),
      );
      return undefined;
    },
  };
}

async function rollOut(
  deployment: Deployment,
  hash: string,
  current: Workload | undefined,
  old: readonly Workload[],
  ports: LoopPorts,
): Promise<void> {
  const wanted = deployment.spec.replicas ?? 1;
  const recreate = deployment.spec.strategy?.type === 'Recreate';
  if (recreate && old.some((set) => (set.status?.replicas ?? 0) > 0)) {
    for (const set of old) await scale(deployment, set, 0, ports);
    return;
  }
  if (current === undefined) await createSet(deployment, hash, wanted, old, ports);
  else await scale(deployment, current, wanted, ports);
  // The old ones leave as the new ones become ready: never fewer than wanted.
  let keep = Math.max(0, wanted - (current?.status?.readyReplicas ?? 0));
  for (const set of old) {
    const stays = Math.min(set.spec.replicas ?? 0, keep);
    keep -= stays;
    await scale(deployment, set, stays, ports);
  }
}

async function createSet(
  deployment: Deployment,
  hash: string,
  replicas: number,
  old: readonly Workload[],
  { client, recordEvent }: LoopPorts,
): Promise<void> {
  const { name, namespace = '' } = deployment.metadata;
  const { template, selector } = deployment.spec;
  const labels = { ...template.metadata?.labels, [HASH_LABEL]: hash };
  const revision = `${1 + Math.max(0, ...old.map(revisionOf))}`;
  await client.create(replicaSetsOf, {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${name}-${hash}`,
      namespace,
      labels,
      annotations: { [REVISION]: revision },
      ownerReferences: [controllerReference(deploymentsOf as never, deployment)],
    },
    spec: {
      replicas,
      selector: { ...selector, matchLabels: { ...selector.matchLabels, [HASH_LABEL]: hash } },
      template: { ...structuredClone(template), metadata: { ...template.metadata, labels } },
    },
  });
  await client.patch(deploymentsOf, nameOf(keyOf(deployment)), {
    type: 'merge',
    body: { metadata: { annotations: { [REVISION]: revision } } },
  });
  const message = `Scaled up replica set ${name}-${hash} from 0 to ${replicas}`;
  recordEvent(deploymentsOf, deployment, { type: 'Normal', reason: 'ScalingReplicaSet', message });
}

async function scale(
  deployment: Deployment,
  set: Workload,
  replicas: number,
  { client, recordEvent }: LoopPorts,
): Promise<void> {
  const before = set.spec.replicas ?? 1;
  if (before === replicas) return;
  const { resourceVersion } = set.metadata;
  await client.patch(replicaSetsOf, nameOf(keyOf(set)), {
    type: 'merge',
    body: { metadata: { resourceVersion }, spec: { replicas } },
  });
  const way = replicas > before ? 'up' : 'down';
  const message = `Scaled ${way} replica set ${set.metadata.name} from ${before} to ${replicas}`;
  recordEvent(deploymentsOf, deployment, { type: 'Normal', reason: 'ScalingReplicaSet', message });
}

async function pruneHistory(
  deployment: Deployment,
  old: readonly Workload[],
  { client }: LoopPorts,
): Promise<void> {
  const unused = old.filter((set) => set.spec.replicas === 0 && (set.status?.replicas ?? 0) === 0);
  const byAge = [...unused].sort((a, b) => revisionOf(b) - revisionOf(a));
  for (const set of byAge.slice(deployment.spec.revisionHistoryLimit ?? DEFAULT_HISTORY))
    await client.delete(replicaSetsOf, nameOf(keyOf(set)), {
      preconditions: { uid: set.metadata.uid ?? '' },
    });
}

function revisionOf(set: Workload): number {
  return Number(set.metadata.annotations?.[REVISION] ?? 0);
}

function statusOf(
  deployment: Deployment,
  current: Workload | undefined,
  old: readonly Workload[],
  now: number,
) {
  const sum = (field: 'replicas' | 'readyReplicas') =>
    [...old, ...(current === undefined ? [] : [current])].reduce(
      (all, set) => all + (set.status?.[field] ?? 0),
      0,
    );
  const wanted = deployment.spec.replicas ?? 1;
  const ready = sum('readyReplicas');
  const updated = current?.status?.replicas ?? 0;
  const complete =
    updated === wanted && (current?.status?.readyReplicas ?? 0) === wanted && sum('replicas') === wanted;
  const before = (deployment.status?.conditions ?? []) as { type: string; status: string; reason: string }[];
  const condition = (type: string, status: string, reason: string) => {
    const known = before.find((one) => one.type === type && one.status === status && one.reason === reason);
    const time = new Date(now).toISOString().replace(/\.\d+Z$/, 'Z');
    return known ?? { type, status, reason, lastUpdateTime: time, lastTransitionTime: time };
  };
  return {
    observedGeneration: deployment.metadata.generation ?? 1,
    replicas: sum('replicas'),
    updatedReplicas: updated,
    readyReplicas: ready,
    availableReplicas: ready,
    unavailableReplicas: Math.max(0, wanted - ready),
    conditions: [
      ready >= wanted
        ? condition('Available', 'True', 'MinimumReplicasAvailable')
        : condition('Available', 'False', 'MinimumReplicasUnavailable'),
      condition('Progressing', 'True', complete ? 'NewReplicaSetAvailable' : 'ReplicaSetUpdated'),
    ],
  };
}
