import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { at } from '../tables/column.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

let server: TestServer;
before(async () => {
  server = await startTestServer();
  await server.request('POST', '/api/v1/namespaces', { metadata: { name: 'other' } });
  for (const name of ['d', 'b', 'a', 'c'])
    await server.request('POST', secrets, { metadata: { name, labels: { name } } });
  await server.request('POST', '/api/v1/namespaces/other/secrets', { metadata: { name: 'z' }, type: 'x/y' });
});
after(() => server.close());

const secrets = '/api/v1/namespaces/default/secrets';
const names = (body: { readonly items?: readonly { readonly metadata: { readonly name?: string } }[] }) =>
  (body.items ?? []).map(({ metadata }) => metadata.name);
const list = async (path: string) => (await server.request('GET', path)).body;

describe('listing', () => {
  test('one namespace or all, in order', async () => {
    const body = await list(secrets);
    assert.deepEqual([body.kind, body.apiVersion, names(body)], ['SecretList', 'v1', ['a', 'b', 'c', 'd']]);
    assert.deepEqual(names(await list('/api/v1/secrets')), ['a', 'b', 'c', 'd', 'z']);
  });

  test('by labels and fields', async () => {
    assert.deepEqual(names(await list(`${secrets}?labelSelector=name%20in%20(a,b)`)), ['a', 'b']);
    assert.deepEqual(names(await list('/api/v1/secrets?fieldSelector=metadata.namespace%3Dother')), ['z']);
    assert.deepEqual(names(await list('/api/v1/secrets?fieldSelector=type%3Dx/y')), ['z']);
    assert.deepEqual(names(await list(`${secrets}?fieldSelector=metadata.name%21%3Da`)), ['b', 'c', 'd']);
    assert.match(
      (await list(`${secrets}?fieldSelector=data.a%3D1`)).message ?? '',
      /field label not supported: data\.a/,
    );
  });

  test('in pages, of which each says how much is left', async () => {
    const first = await list(`${secrets}?limit=3`);
    assert.deepEqual([names(first), at(first, 'metadata.remainingItemCount')], [['a', 'b', 'c'], 1]);
    const second = await list(`${secrets}?limit=3&continue=${at(first, 'metadata.continue')}`);
    assert.deepEqual([names(second), at(second, 'metadata.continue')], [['d'], undefined]);
    assert.equal(second.metadata.resourceVersion, first.metadata.resourceVersion);
    assert.equal((await server.request('GET', `${secrets}?continue=rubbish`)).status, 400);
  });

  test('a version from the future is too large, an exact old one expired', async () => {
    const future = await server.request('GET', `${secrets}?resourceVersion=99999`);
    assert.deepEqual([future.status, future.body.reason], [504, 'Timeout']);
    assert.match(future.body.message ?? '', /^Too large resource version: 99999, current: \d+$/);
    assert.equal(
      (await server.request('GET', `${secrets}?resourceVersion=2&resourceVersionMatch=Exact`)).status,
      410,
    );
    assert.equal((await server.request('GET', `${secrets}?resourceVersion=0`)).status, 200);
  });

  test('as a table or as metadata alone', async () => {
    const table = await server.request('GET', secrets, undefined, {
      Accept: 'application/json;as=Table;v=v1;g=meta.k8s.io',
    });
    assert.equal(table.body.kind, 'Table');
    assert.deepEqual(
      (table.body.columnDefinitions as { name: string }[]).map(({ name }) => name),
      ['Name', 'Type', 'Data', 'Age'],
    );
    assert.deepEqual((table.body.rows as { cells: unknown[] }[]).map(({ cells }) => cells.slice(0, 3))[0], [
      'a',
      'Opaque',
      0,
    ]);
    const metadata = await server.request('GET', secrets, undefined, {
      Accept: 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io',
    });
    assert.equal(metadata.body.kind, 'PartialObjectMetadataList');
    assert.deepEqual(Object.keys(metadata.body.items?.[0] ?? {}).sort(), ['apiVersion', 'kind', 'metadata']);
  });
});

describe('events', () => {
  test('written to one API group are read through both', async () => {
    const event = {
      metadata: { name: 'e', namespace: 'default' },
      involvedObject: { kind: 'Secret', name: 'a', namespace: 'default', uid: 'u1' },
      reason: 'Because',
      message: 'it happened',
      type: 'Warning',
      source: { component: 'test' },
      reportingComponent: 'test',
    };
    await server.request('POST', '/api/v1/namespaces/default/events', event);
    const path = '/apis/events.k8s.io/v1/namespaces/default/events';
    const { body } = await server.request('GET', `${path}/e`);
    assert.deepEqual(
      [body.apiVersion, body.note, at(body, 'regarding.name'), body.reportingController, body.message],
      ['events.k8s.io/v1', 'it happened', 'a', 'test', undefined],
    );
    assert.deepEqual(names(await list(`${path}?fieldSelector=regarding.name%3Da`)), ['e']);
    const found = await list(
      '/api/v1/namespaces/default/events?fieldSelector=involvedObject.uid%3Du1,type%3DWarning',
    );
    assert.deepEqual(names(found), ['e']);
    assert.deepEqual(names(await list('/api/v1/events?fieldSelector=involvedObject.name%3Dother')), []);
  });
});
