import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { at } from '../tables/column.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

let server: TestServer;
before(async () => {
  server = await startTestServer();
});
after(() => server.close());

const pods = '/api/v1/namespaces/default/pods';
const pod = (name: string, more: object = {}) => ({
  metadata: { name, ...more },
  spec: { containers: [{ name: 'c', image: 'i' }] },
});
const mergePatch = { 'Content-Type': 'application/merge-patch+json' };

async function scheduled(name: string): Promise<string> {
  await server.request('POST', pods, pod(name));
  const binding = await server.request('POST', `${pods}/${name}/binding`, {
    target: { kind: 'Node', name: 'n1' },
  });
  assert.equal(binding.status, 201);
  return `${pods}/${name}`;
}

describe('deleting', () => {
  test('answers a Status with the uid of what is gone, of a pod its last state', async () => {
    const configMaps = '/api/v1/namespaces/default/configmaps';
    const { body } = await server.request('POST', configMaps, { metadata: { name: 'gone' } });
    const gone = await server.request('DELETE', `${configMaps}/gone`);
    assert.deepEqual([gone.body.status, at(gone.body, 'details.uid')], ['Success', body.metadata.uid]);
    await server.request('POST', pods, pod('unscheduled'));
    const deleted = await server.request('DELETE', `${pods}/unscheduled`);
    assert.deepEqual([deleted.body.kind, deleted.body.metadata.name], ['Pod', 'unscheduled']);
    assert.equal((await server.request('GET', `${pods}/unscheduled`)).status, 404);
    assert.equal((await server.request('DELETE', `${pods}/unscheduled`)).status, 404);
  });

  test('a pod on a node waits for its kubelet through the grace period', async () => {
    const path = await scheduled('graceful');
    const deleted = await server.request('DELETE', path);
    assert.equal(deleted.body.metadata.deletionGracePeriodSeconds, 30);
    assert.ok(deleted.body.metadata.deletionTimestamp);
    const sooner = await server.request('DELETE', `${path}?gracePeriodSeconds=5`);
    assert.equal(sooner.body.metadata.deletionGracePeriodSeconds, 5);
    const later = await server.request('DELETE', path, { gracePeriodSeconds: 60 });
    assert.equal(later.body.metadata.deletionGracePeriodSeconds, 5, 'it is never made longer');
    const now = await server.request('DELETE', path, { gracePeriodSeconds: 0 });
    assert.equal(now.body.kind, 'Pod');
    assert.equal((await server.request('GET', path)).status, 404);
  });

  test('finalizers hold an object back until the last is taken away', async () => {
    await server.request('POST', pods, pod('held', { finalizers: ['example.com/a'] }));
    const deleted = await server.request('DELETE', `${pods}/held`);
    assert.ok(deleted.body.metadata.deletionTimestamp);
    const more = await server.request(
      'PATCH',
      `${pods}/held`,
      { metadata: { finalizers: ['example.com/a', 'example.com/b'] } },
      mergePatch,
    );
    assert.match(more.body.message ?? '', /no new finalizers can be added if the object is being deleted/);
    await server.request('PATCH', `${pods}/held`, { metadata: { finalizers: null } }, mergePatch);
    assert.equal((await server.request('GET', `${pods}/held`)).status, 404);
  });

  test('preconditions protect an object of the same name', async () => {
    await server.request('POST', pods, pod('guarded'));
    const { status, body } = await server.request('DELETE', `${pods}/guarded`, {
      preconditions: { uid: 'other' },
    });
    assert.equal(status, 409);
    assert.match(
      body.message ?? '',
      /the UID in the precondition \(other\) does not match the UID in record /,
    );
  });

  test('foreground and orphan leave their finalizer for the garbage collector', async () => {
    for (const [policy, finalizer] of [
      ['Foreground', 'foregroundDeletion'],
      ['Orphan', 'orphan'],
    ] as const) {
      const name = policy.toLowerCase();
      await server.request('POST', pods, pod(name));
      const deleted = await server.request('DELETE', `${pods}/${name}`, { propagationPolicy: policy });
      assert.deepEqual(deleted.body.metadata.finalizers, [finalizer]);
    }
    const unknown = await server.request('DELETE', `${pods}/foreground`, { propagationPolicy: 'Sideways' });
    assert.equal(unknown.status, 422);
  });

  test('a dry run deletes nothing', async () => {
    await server.request('POST', pods, pod('kept'));
    await server.request('DELETE', `${pods}/kept?dryRun=All`);
    assert.equal((await server.request('GET', `${pods}/kept`)).status, 200);
  });

  test('a collection is deleted by selector', async () => {
    for (const app of ['a', 'b']) await server.request('POST', pods, pod(`col-${app}`, { labels: { app } }));
    await server.request('DELETE', `${pods}?labelSelector=app%3Da`);
    assert.equal((await server.request('GET', `${pods}/col-a`)).status, 404);
    assert.equal((await server.request('GET', `${pods}/col-b`)).status, 200);
  });
});

describe('namespaces', () => {
  test('one being deleted takes nothing new and goes when it is finalized', async () => {
    await server.request('POST', '/api/v1/namespaces', { metadata: { name: 'gone' } });
    const deleted = await server.request('DELETE', '/api/v1/namespaces/gone');
    assert.equal(at(deleted.body, 'status.phase'), 'Terminating');
    const refused = await server.request('POST', '/api/v1/namespaces/gone/pods', pod('late'));
    assert.deepEqual(
      [refused.status, refused.body.message],
      [
        403,
        'pods "late" is forbidden: unable to create new content in namespace gone because it is being terminated',
      ],
    );
    const finalized = { ...deleted.body, spec: { finalizers: [] } };
    assert.equal((await server.request('PUT', '/api/v1/namespaces/gone/finalize', finalized)).status, 200);
    assert.equal((await server.request('GET', '/api/v1/namespaces/gone')).status, 404);
  });

  test('those of the cluster itself stay', async () => {
    const { status, body } = await server.request('DELETE', '/api/v1/namespaces/default');
    assert.equal(status, 403);
    assert.match(body.message ?? '', /this namespace may not be deleted/);
  });
});
