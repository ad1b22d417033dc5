import assert from 'node:assert/strict';
import { test } from 'node:test';
import { collectionPath, objectPath, watchQuery } from './resource-path.ts';
import { leases, persistentVolumeClaims, persistentVolumes } from './resources.ts';

test('paths of core and grouped, namespaced and cluster-wide resources', () => {
  assert.equal(collectionPath(persistentVolumes), '/api/v1/persistentvolumes');
  assert.equal(collectionPath(persistentVolumeClaims), '/api/v1/persistentvolumeclaims');
  assert.equal(
    objectPath(leases, { namespace: 'kube-system', name: 'x' }),
    '/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/x',
  );
  assert.equal(
    objectPath(persistentVolumeClaims, { namespace: 'a', name: 'b' }, 'status'),
    '/api/v1/namespaces/a/persistentvolumeclaims/b/status',
  );
});

test('a name that is missing or misplaced never becomes the path of a whole collection', () => {
  assert.throws(() => objectPath(persistentVolumes, { name: '' }), TypeError);
  assert.throws(() => objectPath(persistentVolumeClaims, { name: 'b' }), TypeError);
  assert.throws(() => objectPath(persistentVolumes, { namespace: 'a', name: 'b' }), TypeError);
  assert.equal(objectPath(persistentVolumes, { name: '../pods' }), '/api/v1/persistentvolumes/..%2Fpods');
});

test('a watch-list asks for the initial events as the API demands it', () => {
  const query = watchQuery({ sendInitialEvents: true, signal: AbortSignal.timeout(1) });
  assert.equal(
    `${query}`,
    'watch=true&allowWatchBookmarks=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan',
  );
});
