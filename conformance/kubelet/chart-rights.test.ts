import assert from 'node:assert/strict';
import { test } from 'node:test';
import { missingRights, type Right, unusedRights } from './chart-rights.ts';

const account = 'system:serviceaccount:kube-system:csi-azurelustre-controller-sa';
const right = (verb: string, resource: string, scope: Partial<Right> = {}): Right => ({
  ...{ account, verb, group: '', resource, namespace: undefined, name: undefined },
  ...scope,
});
const request = (
  verb: string,
  objectRef: { resource: string; [part: string]: string },
  decision = 'allow',
) => ({
  user: { username: account },
  verb,
  objectRef,
  annotations: { 'authorization.k8s.io/decision': decision },
});

test('a right is used by a request of its account, verb, resource and subresource', () => {
  const rights = [right('patch', 'persistentvolumeclaims/status'), right('patch', 'persistentvolumeclaims')];
  const log = [
    request('patch', { resource: 'persistentvolumeclaims', subresource: 'status', namespace: 'a' }),
  ];
  assert.deepEqual(unusedRights(rights, log), ['controller: patch persistentvolumeclaims']);
  const others = log.map((entry) => ({ ...entry, user: { username: 'somebody' } }));
  assert.equal(unusedRights(rights, others).length, 2);
});

test('a right within a namespace and on a name is used only there', () => {
  const lease = { group: 'coordination.k8s.io', namespace: 'kube-system', name: 'one' };
  const rights = [right('update', 'leases', lease)];
  const ofLease = { resource: 'leases', apiGroup: 'coordination.k8s.io', namespace: 'kube-system' };
  assert.deepEqual(unusedRights(rights, [request('update', { ...ofLease, name: 'one' })]), []);
  assert.deepEqual(unusedRights(rights, [request('update', { ...ofLease, name: 'two' })]), [
    'controller: update leases one',
  ]);
});

test('a request that was refused is a right that is missing, named once', () => {
  const refused = request('get', { resource: 'nodes', name: 'node1' }, 'forbid');
  const rights = [right('list', 'persistentvolumes')];
  assert.deepEqual(missingRights(rights, [refused, refused]), ['controller: get nodes node1']);
  const ofAnother = { ...refused, user: { username: 'system:anonymous' } };
  assert.deepEqual(missingRights(rights, [ofAnother]), []);
});
