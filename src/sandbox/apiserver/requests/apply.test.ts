import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { at } from '../tables/column.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

let server: TestServer;
before(async () => {
  server = await startTestServer();
});
after(() => server.close());

const path = '/api/v1/namespaces/default/configmaps';
const apply = (name: string, manager: string, data: Record<string, string>, query = '') =>
  server.request(
    'PATCH',
    `${path}/${name}?fieldManager=${manager}${query}`,
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data },
    {
      'Content-Type': 'application/apply-patch+yaml',
    },
  );

describe('server-side apply over HTTP', () => {
  test('creates, then changes, then leaves alone', async () => {
    const created = await apply('a', 'alice', { x: '1' });
    assert.equal(created.status, 201);
    const changed = await apply('a', 'alice', { x: '2' });
    assert.deepEqual([changed.status, changed.body.data], [200, { x: '2' }]);
    const same = await apply('a', 'alice', { x: '2' });
    assert.equal(same.body.metadata.resourceVersion, changed.body.metadata.resourceVersion);
  });

  test('a conflict names manager and field, and says so to kubectl', async () => {
    await apply('b', 'alice', { x: '1', y: '1' });
    const { status, body } = await apply('b', 'bob', { x: '2' });
    assert.deepEqual(
      [status, body.reason, body.message],
      [409, 'Conflict', 'Apply failed with 1 conflict: conflict with "alice": .data.x'],
    );
    assert.deepEqual(at(body, 'details.causes'), [
      { reason: 'FieldManagerConflict', message: 'conflict with "alice"', field: '.data.x' },
    ]);
    const both = await apply('b', 'bob', { x: '2', y: '2' });
    assert.equal(
      both.body.message,
      'Apply failed with 2 conflicts: conflicts with "alice":\n- .data.x\n- .data.y',
    );
    assert.equal((await apply('b', 'bob', { x: '2' }, '&force=true')).status, 200);
  });

  test('a plain write takes the fields it changes', async () => {
    await apply('c', 'alice', { x: '1' });
    await server.request(
      'PATCH',
      `${path}/c?fieldManager=editor`,
      { data: { x: '2' } },
      { 'Content-Type': 'application/merge-patch+json' },
    );
    const { body } = await apply('c', 'alice', { x: '1' });
    assert.match(
      body.message ?? '',
      /^Apply failed with 1 conflict: conflict with "editor" using v1 at [^ ]+: \.data\.x$/,
    );
  });

  test('kubectl finds no conflict with what it applied itself without --server-side', async () => {
    const lastApplied = JSON.stringify({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'd' },
      data: { x: '1' },
    });
    const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': lastApplied };
    await server.request('POST', path, {
      metadata: { name: 'd', annotations },
      data: { x: '1', other: '1' },
    });
    const { status, body } = await apply('d', 'kubectl', { x: '2' });
    assert.deepEqual([status, body.data], [200, { x: '2', other: '1' }]);
    assert.equal(
      (await apply('d', 'kubectl', { other: '2' })).status,
      409,
      'what it never applied is another matter',
    );
  });

  test('needs a manager and fields that exist', async () => {
    const headers = { 'Content-Type': 'application/apply-patch+yaml' };
    const object = { apiVersion: 'v1', kind: 'ConfigMap', foo: 1 };
    assert.match(
      (await server.request('PATCH', `${path}/e`, object, headers)).body.message ?? '',
      /fieldManager: Required value/,
    );
    const { body } = await server.request('PATCH', `${path}/e?fieldManager=x`, object, headers);
    assert.equal(
      body.message,
      'failed to create typed patch object (/e; /v1, Kind=ConfigMap): .foo: field not declared in schema',
    );
  });
});
