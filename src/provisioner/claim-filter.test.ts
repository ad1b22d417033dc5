import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PersistentVolumeClaim, StorageClass } from '../kube/objects.ts';
import { decideClaim } from './claim-filter.ts';
import { claim, driverName, storageClass } from './testing/provisioner-world.ts';

const decide = (object: PersistentVolumeClaim, given: StorageClass | undefined = storageClass) =>
  decideClaim(object, given, driverName);
const annotated = (annotations: Record<string, string>, spec = {}) => {
  const object = claim('x', spec);
  return { ...object, metadata: { ...object.metadata, annotations } };
};

test('a claim that Kubernetes asks this driver to serve is served, however it asks', () => {
  for (const key of [
    'volume.kubernetes.io/storage-provisioner',
    'volume.beta.kubernetes.io/storage-provisioner',
    'pv.kubernetes.io/migrated-to',
  ])
    assert.equal(decide(annotated({ [key]: driverName })), 'provision', key);
});

test("a claim that has a volume, or is nobody's or another's, is ignored", () => {
  assert.equal(decide(claim('x', { volumeName: 'pv' })), 'ignore');
  assert.equal(decide(annotated({})), 'ignore');
  assert.equal(decide(annotated({ 'volume.kubernetes.io/storage-provisioner': 'other' })), 'ignore');
});

test('WaitForFirstConsumer waits until a node has been chosen', () => {
  const waiting: StorageClass = { ...storageClass, volumeBindingMode: 'WaitForFirstConsumer' };
  assert.equal(decide(claim(), waiting), 'ignore');
  const chosen = annotated({
    'volume.kubernetes.io/storage-provisioner': driverName,
    'volume.kubernetes.io/selected-node': 'node-1',
  });
  assert.equal(decide(chosen, waiting), 'provision');
});

test("a class that is gone, or another's, is told apart", () => {
  assert.equal(decideClaim(claim(), undefined, driverName), 'unknown-class');
  assert.equal(decide(claim(), { ...storageClass, provisioner: 'other' }), 'unknown-class');
});

test('a claim to be filled by another controller is left to it', () => {
  const source = { apiGroup: 'example.com', kind: 'Backup', name: 'b' };
  assert.equal(decide(claim('x', { dataSourceRef: source })), 'populator');
  assert.equal(decide(claim('x', { dataSource: { kind: 'PersistentVolumeClaim', name: 'c' } })), 'provision');
});
