import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CsiError } from '../csi/errors.ts';
import { KubeError } from '../kube/client.ts';
import { configMaps, secrets } from '../kube/resources.ts';
import { createFakeCluster } from '../kube/testing/fake-cluster.ts';
import { createClusterValues } from './cluster-values.ts';

const { signal } = new AbortController();
const at = { namespace: 'kube-system', name: 'efs', key: 'fileSystemId' };
const metadata = { namespace: 'kube-system', name: 'efs' };

test('a value is read from a ConfigMap and, decoded, from a Secret; what is not there is undefined', async () => {
  const cluster = createFakeCluster();
  const values = createClusterValues(cluster.client);
  assert.equal(await values.read('ConfigMap', at, signal), undefined);
  const data = { fileSystemId: 'fs-00000001' };
  cluster.put(configMaps, { metadata, ...{ data } });
  cluster.put(secrets, { metadata, data: { fileSystemId: Buffer.from('fs-00000002\n').toString('base64') } });
  assert.equal(await values.read('ConfigMap', at, signal), 'fs-00000001');
  assert.equal(await values.read('Secret', at, signal), 'fs-00000002');
  assert.equal(await values.read('Secret', { ...at, key: 'other' }, signal), undefined);
});

test('a missing right is told as one', async () => {
  const cluster = createFakeCluster();
  cluster.intercept.before = () => {
    throw new KubeError(403, 'Forbidden', 'secrets "efs" is forbidden');
  };
  await assert.rejects(createClusterValues(cluster.client).read('Secret', at, signal), (error) => {
    assert.ok(error instanceof CsiError);
    assert.equal(error.code, 'permission-denied');
    assert.match(error.message, /RBAC .* get Secret kube-system\/efs/);
    return true;
  });
});
