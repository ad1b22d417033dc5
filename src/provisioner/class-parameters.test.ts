import assert from 'node:assert/strict';
import { test } from 'node:test';
import { classParameters } from './class-parameters.ts';
import { Refusal } from './refusal.ts';

test("the driver sees its own parameters and none of the provisioner's", () => {
  const { forDriver, fsType } = classParameters({
    'sku-name': 'AMLFS-Durable-Premium-40',
    'csi.storage.k8s.io/fstype': 'lustre',
    'csi.storage.k8s.io/provisioner-secret-name': 'creds',
    'csi.storage.k8s.io/provisioner-secret-namespace': 'kube-system',
    'csi.storage.k8s.io/node-stage-secret-name': 'creds',
    'csi.storage.k8s.io/node-stage-secret-namespace': 'kube-system',
  });
  assert.deepEqual(forDriver, { 'sku-name': 'AMLFS-Durable-Premium-40' });
  assert.equal(fsType, 'lustre');
});

test('the old key fstype counts and stays visible to the driver', () => {
  assert.deepEqual(classParameters({ fsType: 'nfs' }), { forDriver: { fsType: 'nfs' }, fsType: 'nfs' });
});

test('a mistyped reserved key is refused in the words that users know', () => {
  assert.throws(() => classParameters({ 'csi.storage.k8s.io/fs-type': 'x' }), {
    name: 'Refusal',
    message:
      'found unknown parameter key "csi.storage.k8s.io/fs-type" with reserved namespace csi.storage.k8s.io/',
  });
});

test('two file system types are refused', () => {
  assert.throws(() => classParameters({ fstype: 'a', 'csi.storage.k8s.io/fstype': 'b' }), Refusal);
});
