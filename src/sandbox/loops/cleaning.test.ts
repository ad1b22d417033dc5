import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject, Pod } from '../../kube/objects.ts';
import {
  configMaps,
  namespaces,
  persistentVolumeClaims,
  pods,
  resourceQuotas,
  serviceAccounts,
  storageClasses,
} from '../../kube/resources.ts';
import { eventually } from '../testing/eventually.ts';
import type { MemoryCluster } from '../testing/memory-cluster.ts';
import { runningLoops } from './testing/running-loops.ts';
import { replicaSetsOf } from './workload-objects.ts';

const pod = (name: string, changes: Partial<Pod['metadata']> = {}): Pod => ({
  metadata: { name, namespace: 'default', ...changes },
  spec: { containers: [{ name: 'c' }] },
});
const names = (objects: readonly KubeObject[]) => objects.map(({ metadata }) => metadata.name);
const ownedSet = (cluster: MemoryCluster, finalizers: string[] = []) =>
  cluster.add(replicaSetsOf, {
    metadata: { name: 'owner', namespace: 'default', finalizers },
    spec: { replicas: 0, selector: { matchLabels: { a: 'b' } }, template: { spec: { containers: [] } } },
  });
const ownedBy = (owner: KubeObject) => [
  {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    name: owner.metadata.name ?? '',
    uid: owner.metadata.uid ?? '',
  },
];
const deleteOwner = (cluster: MemoryCluster) =>
  cluster.client.delete(replicaSetsOf, { namespace: 'default', name: 'owner' });

test('what is owned goes after its owner; what is owned by nobody, or by something unknown, stays', async (t) => {
  const cluster = await runningLoops(t);
  const owner = ownedSet(cluster);
  cluster.add(pods, pod('owned', { ownerReferences: ownedBy(owner) }));
  cluster.add(pods, pod('free'));
  const unknown = { apiVersion: 'example.com/v1', kind: 'Thing', name: 'x', uid: 'y' };
  cluster.add(pods, pod('foreign', { ownerReferences: [unknown] }));
  cluster.add(pods, pod('shared', { ownerReferences: [...ownedBy(owner), unknown] }));
  await deleteOwner(cluster);
  await eventually(
    () => cluster.get(pods, 'owned', 'default'),
    (it) => it === undefined,
  );
  assert.deepEqual(names(cluster.list(pods)).sort(), ['foreign', 'free', 'shared']);
});

test('what a custom resource owns goes after it', async (t) => {
  const cluster = await runningLoops(t);
  const widgets = {
    group: 'example.org',
    version: 'v1',
    plural: 'widgets',
    kind: 'Widget',
    namespaced: true,
  } as const;
  const widget = cluster.add<KubeObject>(widgets, { metadata: { name: 'w', namespace: 'default' } });
  const { uid = '' } = widget.metadata;
  const ownerReferences = [{ apiVersion: 'example.org/v1', kind: 'Widget', name: 'w', uid }];
  cluster.add(configMaps, { metadata: { name: 'of-widget', namespace: 'default', ownerReferences } });
  cluster.add(configMaps, {
    metadata: {
      name: 'of-predecessor',
      namespace: 'default',
      ownerReferences: ownerReferences.map((one) => ({ ...one, uid: 'earlier' })),
    },
  });
  await eventually(
    () => names(cluster.list(configMaps)),
    (left) => left.length === 1,
  );
  assert.deepEqual(names(cluster.list(configMaps)), ['of-widget']);
  await cluster.client.delete(widgets, { namespace: 'default', name: 'w' });
  await eventually(
    () => cluster.list(configMaps),
    ({ length }) => length === 0,
  );
});

test('one whose owner of that name is another object by now goes too', async (t) => {
  const cluster = await runningLoops(t);
  const owner = ownedSet(cluster);
  const [reference] = ownedBy(owner);
  cluster.add(pods, pod('of-predecessor', { ownerReferences: [{ ...reference, uid: 'earlier' } as never] }));
  await eventually(
    () => cluster.list(pods),
    (it) => it.length === 0,
  );
});

test('foreground: the owner goes last; orphan: what it owned stays and is free', async (t) => {
  const foreground = await runningLoops(t);
  const owner = ownedSet(foreground, ['foregroundDeletion']);
  foreground.add(pods, pod('owned', { ownerReferences: ownedBy(owner), finalizers: ['example.com/wait'] }));
  await deleteOwner(foreground);
  await eventually(
    () => foreground.get(pods, 'owned', 'default')?.metadata.deletionTimestamp,
    (it) => it !== undefined,
  );
  assert.notEqual(foreground.get(replicaSetsOf, 'owner', 'default'), undefined);
  await foreground.client.patch(
    pods,
    { namespace: 'default', name: 'owned' },
    { type: 'merge', body: { metadata: { finalizers: [] } } },
  );
  await eventually(
    () => foreground.get(replicaSetsOf, 'owner', 'default'),
    (it) => it === undefined,
  );

  const orphan = await runningLoops(t);
  orphan.add(pods, pod('owned', { ownerReferences: ownedBy(ownedSet(orphan, ['orphan'])) }));
  await deleteOwner(orphan);
  await eventually(
    () => orphan.get(replicaSetsOf, 'owner', 'default'),
    (it) => it === undefined,
  );
  assert.deepEqual(orphan.get(pods, 'owned', 'default')?.metadata.ownerReferences, []);
});

test('a namespace is emptied before it goes, and a new one gets its service account', async (t) => {
  const cluster = await runningLoops(t);
  cluster.add(namespaces, { metadata: { name: 'team', finalizers: ['kubernetes'] } });
  await eventually(
    () => cluster.get(serviceAccounts, 'default', 'team'),
    (it) => it !== undefined,
  );
  cluster.add(configMaps, { metadata: { name: 'settings', namespace: 'team' } });
  cluster.add(configMaps, { metadata: { name: 'settings', namespace: 'other' } });
  cluster.add(pods, pod('stuck', { namespace: 'team', finalizers: ['example.com/wait'] }));
  await cluster.client.delete(namespaces, { name: 'team' });
  await eventually(
    () => cluster.get(configMaps, 'settings', 'team'),
    (it) => it === undefined,
  );
  assert.deepEqual(cluster.get(namespaces, 'team')?.status, { phase: 'Terminating' });
  await cluster.client.patch(
    pods,
    { namespace: 'team', name: 'stuck' },
    { type: 'merge', body: { metadata: { finalizers: [] } } },
  );
  await eventually(
    () => cluster.get(namespaces, 'team'),
    (it) => it === undefined,
  );
  assert.notEqual(cluster.get(configMaps, 'settings', 'other'), undefined);
});

test('a quota shows what is used, in the unit of its limit', async (t) => {
  const cluster = await runningLoops(t);
  const claims = 'azurelustre-dynprov.storageclass.storage.k8s.io/persistentvolumeclaims';
  cluster.add(storageClasses, {
    metadata: { name: 'azurelustre-dynprov' },
    provisioner: 'azurelustre.csi.azure.com',
  });
  cluster.add(resourceQuotas, {
    metadata: { name: 'quota', namespace: 'default' },
    spec: { hard: { [claims]: '1', 'requests.storage': '100Ti' } },
  });
  cluster.add(persistentVolumeClaims, {
    metadata: { name: 'data', namespace: 'default' },
    spec: { storageClassName: 'azurelustre-dynprov', resources: { requests: { storage: '48Ti' } } },
  });
  const used = () =>
    (cluster.get(resourceQuotas, 'quota', 'default')?.status as { used?: Record<string, string> } | undefined)
      ?.used;
  await eventually(used, (it) => it?.[claims] === '1' && it['requests.storage'] === '48Ti');
  await cluster.client.patch(
    persistentVolumeClaims,
    { namespace: 'default', name: 'data' },
    { type: 'merge', body: { metadata: { finalizers: [] } } },
  );
  await cluster.client.delete(persistentVolumeClaims, { namespace: 'default', name: 'data' });
  await eventually(used, (it) => it?.[claims] === '0');
});
