import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod } from '../../kube/objects.ts';
import { persistentVolumeClaims, pods } from '../../kube/resources.ts';
import { eventTexts } from '../testing/event-texts.ts';
import { eventually } from '../testing/eventually.ts';
import type { MemoryCluster } from '../testing/memory-cluster.ts';
import { nextStep } from './stateful-sets.ts';
import { runningLoops } from './testing/running-loops.ts';
import {
  type Deployment,
  deploymentsOf,
  replicaSetsOf,
  type StatefulSet,
  statefulSetsOf,
} from './workload-objects.ts';

const labels = { app: 'web' };
const template = (image: string) => ({
  metadata: { labels },
  spec: { containers: [{ name: 'web', image }] },
});
const deployment = (image: string, replicas: number): Deployment => ({
  metadata: { name: 'web', namespace: 'default', generation: 1 },
  spec: { replicas, selector: { matchLabels: labels }, template: template(image) },
});
const ready = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] };

/** Stands in for the kubelet: every pod that appears becomes ready, and one that is deleted goes. */
async function runPods(cluster: MemoryCluster): Promise<Pod[]> {
  for (const pod of cluster.list(pods)) {
    const name = { namespace: 'default', name: pod.metadata.name ?? '' };
    if (pod.status?.phase !== 'Running')
      await cluster.client.patch(
        pods,
        name,
        { type: 'merge', body: { status: ready } },
        { subresource: 'status' },
      );
  }
  return cluster.list(pods);
}
const imagesOf = (all: readonly Pod[]) => all.map((pod) => pod.spec.containers[0]?.image);

test('a Deployment has its pods through a ReplicaSet, and its status says when it is complete', async (t) => {
  const cluster = await runningLoops(t);
  cluster.add(deploymentsOf, deployment('web:1', 3));
  await eventually(
    () => runPods(cluster),
    (it) => it.length === 3,
  );
  const [set] = cluster.list(replicaSetsOf);
  assert.match(set?.metadata.name ?? '', /^web-[0-9a-f]{10}$/);
  assert.ok(cluster.list(pods).every((pod) => pod.metadata.ownerReferences?.[0]?.uid === set?.metadata.uid));
  const status = await eventually(
    () => cluster.get(deploymentsOf, 'web', 'default')?.status,
    (it) => it?.availableReplicas === 3,
  );
  assert.equal(status?.updatedReplicas, 3);
  assert.equal(status?.observedGeneration, 1);
  const conditions = status?.conditions as { type: string; reason: string }[];
  assert.deepEqual(
    conditions.map(({ type, reason }) => `${type} ${reason}`),
    ['Available MinimumReplicasAvailable', 'Progressing NewReplicaSetAvailable'],
  );
  await eventually(
    () => eventTexts(cluster, 'web'),
    (it) => it.some((event) => /ScalingReplicaSet Scaled up replica set web-\w+ from 0 to 3/.test(event)),
  );
});

test('a new template replaces the pods, and never leaves fewer ready than wanted', async (t) => {
  const cluster = await runningLoops(t);
  cluster.add(deploymentsOf, deployment('web:1', 2));
  await eventually(
    () => runPods(cluster),
    (it) => it.length === 2 && it.every((pod) => pod.status?.phase === 'Running'),
  );
  await eventually(
    () => cluster.get(deploymentsOf, 'web', 'default')?.status?.readyReplicas,
    (it) => it === 2,
  );
  await cluster.client.patch(
    deploymentsOf,
    { namespace: 'default', name: 'web' },
    { type: 'merge', body: { spec: { template: template('web:2') } } },
  );
  await eventually(
    () => imagesOf(cluster.list(pods)),
    (it) => it.length === 4,
  );
  assert.deepEqual(imagesOf(cluster.list(pods)).sort(), ['web:1', 'web:1', 'web:2', 'web:2']);
  await eventually(
    async () => imagesOf(await runPods(cluster)),
    (it) => it.length === 2 && it.every((image) => image === 'web:2'),
  );
  const revisions = cluster
    .list(replicaSetsOf)
    .map((set) => [set.metadata.annotations?.['deployment.kubernetes.io/revision'], set.spec.replicas]);
  assert.deepEqual(revisions.sort(), [
    ['1', 0],
    ['2', 2],
  ]);
});

test('scaling down takes the pods that would be missed least', async (t) => {
  const cluster = await runningLoops(t);
  cluster.add(deploymentsOf, deployment('web:1', 2));
  const [first] = await eventually(
    () => cluster.list(pods),
    (it) => it.length === 2,
  );
  const name = { namespace: 'default', name: first?.metadata.name ?? '' };
  await cluster.client.patch(
    pods,
    name,
    { type: 'merge', body: { spec: { nodeName: 'node' }, status: ready } },
    { subresource: 'status' },
  );
  await cluster.client.patch(
    deploymentsOf,
    { namespace: 'default', name: 'web' },
    { type: 'merge', body: { spec: { replicas: 1 } } },
  );
  const left = await eventually(
    () => cluster.list(pods),
    (it) => it.length === 1,
  );
  assert.equal(left[0]?.metadata.name, name.name);
});

const statefulSet = (changes: Partial<StatefulSet['spec']> = {}): StatefulSet => ({
  metadata: { name: 'db', namespace: 'default', uid: 'set' },
  spec: {
    replicas: 2,
    serviceName: 'db',
    selector: { matchLabels: labels },
    template: template('db:1'),
    volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: { storageClassName: 'lustre' } }],
    ...changes,
  },
});

test('a StatefulSet makes its pods in order, each with a claim of its own that stays', async (t) => {
  const cluster = await runningLoops(t);
  cluster.add(statefulSetsOf, statefulSet());
  const [first] = await eventually(
    () => cluster.list(pods),
    (it) => it.length === 1,
  );
  assert.equal(first?.metadata.name, 'db-0');
  assert.deepEqual(first?.spec.volumes, [
    { name: 'data', persistentVolumeClaim: { claimName: 'data-db-0' } },
  ]);
  await eventually(
    () => runPods(cluster),
    (it) => it.length === 2,
  );
  assert.deepEqual(
    cluster
      .list(persistentVolumeClaims)
      .map(({ metadata }) => metadata.name)
      .sort(),
    ['data-db-0', 'data-db-1'],
  );
  await runPods(cluster);
  await cluster.client.patch(
    statefulSetsOf,
    { namespace: 'default', name: 'db' },
    { type: 'merge', body: { spec: { replicas: 1 } } },
  );
  await eventually(
    () => runPods(cluster),
    (it) => it.length === 1,
  );
  assert.equal(cluster.list(persistentVolumeClaims).length, 2);
  await eventually(
    () => cluster.get(statefulSetsOf, 'db', 'default')?.status?.readyReplicas,
    (it) => it === 1,
  );
});

test('a changed template replaces a StatefulSet’s pods one by one from the highest, waiting for each', () => {
  const podOf = (ordinal: number, revision: string, status: object = ready): [number, Pod] => [
    ordinal,
    {
      metadata: { name: `db-${ordinal}`, labels: { 'controller-revision-hash': revision } },
      spec: { containers: [] },
      status: status as Record<string, unknown>,
    },
  ];
  const set = statefulSet();
  const step = nextStep(set, new Map([podOf(0, 'old'), podOf(1, 'old')]));
  assert.equal(step?.type === 'delete' && step.pod.metadata.name, 'db-1');
  assert.equal(nextStep(set, new Map([podOf(0, 'old'), podOf(1, 'old', { phase: 'Pending' })])), undefined);
  assert.deepEqual(nextStep(set, new Map([podOf(0, 'old')])), { type: 'create', ordinal: 1 });
  const failed = nextStep(set, new Map([podOf(0, 'old', { phase: 'Failed' })]));
  assert.equal(failed?.type, 'delete');
});
