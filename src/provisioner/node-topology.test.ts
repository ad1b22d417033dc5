import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nodes } from '../kube/resources.ts';
import { createFakeCluster } from '../kube/testing/fake-cluster.ts';
import { annotations } from './names.ts';
import { allowedTopologies, nodeTopology } from './node-topology.ts';
import { claim, storageClass } from './testing/provisioner-world.ts';

const zone = 'topology.kubernetes.io/zone';
const signal = new AbortController().signal;

/** What the driver is told for a claim whose first pod goes to node `a` in zone `eastus-2`. */
async function ask(selected: string | undefined, allowed?: string[], topologyKeys: string[] = [zone]) {
  const cluster = createFakeCluster();
  cluster.put(nodes, { metadata: { name: 'a', labels: { [zone]: 'eastus-2', other: 'x' } } });
  const subject = claim();
  const marks = selected === undefined ? {} : { [annotations.selectedNode]: selected };
  const asking = { ...subject, metadata: { ...subject.metadata, annotations: marks } };
  const allowedTerms = allowed && [{ matchLabelExpressions: [{ key: zone, values: allowed }] }];
  const ofClass = { ...storageClass, ...(allowedTerms && { allowedTopologies: allowedTerms }) };
  return nodeTopology({ client: cluster.client, topologyKeys }, asking, ofClass, signal);
}

test('the driver is told the labels it asks for, of the node that was chosen', async () => {
  const segments = { [zone]: 'eastus-2' };
  assert.deepEqual(await ask('a'), { requisite: [{ segments }], preferred: [{ segments }] });
});

test('the class limits where it may be made, with and without a node', async () => {
  const requisite = [{ segments: { [zone]: 'eastus-1' } }, { segments: { [zone]: 'eastus-2' } }];
  assert.deepEqual(await ask(undefined, ['eastus-1', 'eastus-2']), { requisite, preferred: [] });
  assert.deepEqual((await ask('a', ['eastus-1', 'eastus-2']))?.requisite, requisite);
});

test('where nothing is known or asked for, nothing is said', async () => {
  assert.equal(await ask(undefined), undefined);
  assert.equal(await ask('a', undefined, []), undefined);
  assert.equal(await ask('a', undefined, ['no-such-label']), undefined);
});

test('a node that is gone is a failure that is tried again', async () => {
  await assert.rejects(ask('gone'), { reason: 'NotFound' });
});

test('values of two labels stand for all their pairs', () => {
  const expressions = [
    { key: 'zone', values: ['1', '2'] },
    { key: 'rack', values: ['a', 'b'] },
    { key: 'unknown', values: ['x'] },
  ];
  const terms = { ...storageClass, allowedTopologies: [{ matchLabelExpressions: expressions }] };
  assert.deepEqual(allowedTopologies(terms, ['zone', 'rack']), [
    { zone: '1', rack: 'a' },
    { zone: '1', rack: 'b' },
    { zone: '2', rack: 'a' },
    { zone: '2', rack: 'b' },
  ]);
});
