import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PersistentVolumeClaim, Pod } from '../../kube/objects.ts';
import {
  nodes,
  persistentVolumeClaims,
  persistentVolumes,
  pods,
  storageClasses,
} from '../../kube/resources.ts';
import { eventTexts } from '../testing/event-texts.ts';
import { eventually } from '../testing/eventually.ts';
import { place } from './schedule-pods.ts';
import { runningLoops } from './testing/running-loops.ts';

const pod: Pod = {
  metadata: { name: 'writer', namespace: 'default' },
  spec: {
    containers: [{ name: 'c' }],
    volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }],
  },
};
const node = { metadata: { name: 'node', labels: { disk: 'fast' } } };
const claim: PersistentVolumeClaim = { metadata: { name: 'data', namespace: 'default' }, spec: {} };
const bound = {
  ...claim,
  metadata: { ...claim.metadata, annotations: { 'pv.kubernetes.io/bind-completed': 'yes' } },
};

const refusal = (reason: string) =>
  `0/1 nodes are available: ${reason}. preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.`;

test('why a pod has no node is told in Kubernetes’ words', () => {
  const message = (
    changes: Partial<Pod['spec']>,
    state?: { claim: PersistentVolumeClaim; delayed: boolean },
    candidates: object[] = [node],
  ) => {
    const placement = place(
      { ...pod, spec: { ...pod.spec, ...changes } },
      candidates as never,
      new Map([['data', state]]),
    );
    return placement.type === 'unschedulable' ? placement.message : placement.type;
  };
  const ready = { claim: bound, delayed: false };
  assert.equal(message({}), refusal('persistentvolumeclaim "data" not found'));
  assert.equal(
    message({}, { claim, delayed: false }),
    refusal('pod has unbound immediate PersistentVolumeClaims'),
  );
  assert.equal(message({}, ready, []), 'no nodes available to schedule pods');
  assert.equal(
    message({ nodeSelector: { disk: 'slow' } }, ready),
    refusal("1 node(s) didn't match Pod's node affinity/selector"),
  );
  const tainted = { ...node, spec: { taints: [{ key: 'agent-not-ready', effect: 'NoSchedule' }] } };
  assert.equal(message({}, ready, [tainted]), refusal('1 node(s) had untolerated taint {agent-not-ready: }'));
  assert.equal(message({ tolerations: [{ operator: 'Exists' }] }, ready, [tainted]), 'node');
  const deleting = { ...bound, metadata: { ...bound.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } };
  assert.equal(
    message({}, { claim: deleting, delayed: false }),
    refusal('persistentvolumeclaim "data" is being deleted'),
  );
});

test('a pod waits for its claim and then gets the node', async (t) => {
  const cluster = await runningLoops(t);
  cluster.add(nodes, node);
  cluster.add(persistentVolumeClaims, claim);
  cluster.add(pods, pod);
  const waiting = await eventually(
    () => cluster.get(pods, 'writer', 'default'),
    (it) => it?.status?.conditions !== undefined,
  );
  const [condition] = (waiting?.status?.conditions ?? []) as {
    type: string;
    status: string;
    reason: string;
  }[];
  assert.deepEqual(
    [condition?.type, condition?.status, condition?.reason],
    ['PodScheduled', 'False', 'Unschedulable'],
  );
  cluster.add(persistentVolumes, { metadata: { name: 'v' }, spec: { capacity: { storage: '1Gi' } } });
  await eventually(
    () => cluster.get(pods, 'writer', 'default')?.spec.nodeName,
    (it) => it === 'node',
  );
  await eventually(
    () => eventTexts(cluster, 'writer'),
    (it) => it.includes('Normal Scheduled Successfully assigned default/writer to node'),
  );
});

test('a class that waits for the first consumer is asked only when a pod has come', async (t) => {
  const cluster = await runningLoops(t);
  cluster.add(nodes, node);
  cluster.add(storageClasses, {
    metadata: { name: 'late' },
    provisioner: 'p.example',
    volumeBindingMode: 'WaitForFirstConsumer',
  });
  cluster.add(persistentVolumeClaims, { ...claim, spec: { storageClassName: 'late' } });
  await eventually(
    () => eventTexts(cluster, 'data').length,
    (it) => it > 0,
  );
  const annotations = () =>
    cluster.get(persistentVolumeClaims, 'data', 'default')?.metadata.annotations ?? {};
  assert.equal(annotations()['volume.kubernetes.io/storage-provisioner'], undefined);
  cluster.add(pods, pod);
  await eventually(annotations, (it) => it['volume.kubernetes.io/storage-provisioner'] === 'p.example');
  assert.equal(annotations()['volume.kubernetes.io/selected-node'], 'node');
});
