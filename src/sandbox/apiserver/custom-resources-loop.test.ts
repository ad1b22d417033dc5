import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { at } from './tables/column.ts';
import { startTestServer, type TestServer } from './testing/test-server.ts';

let server: TestServer;
before(async () => {
  server = await startTestServer();
});
after(() => server.close());

const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const definition = (plural: string, more: object = {}) => ({
  metadata: { name: `${plural}.example.com` },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: {
      plural,
      kind: `${plural[0]?.toUpperCase()}${plural.slice(1, -1)}`,
      shortNames: [plural.slice(0, 2)],
    },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        subresources: {
          status: {},
          scale: { specReplicasPath: '.spec.size', statusReplicasPath: '.status.size' },
        },
        additionalPrinterColumns: [{ name: 'Size', type: 'integer', jsonPath: '.spec.size' }],
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: { type: 'object', properties: { size: { type: 'integer', default: 1 } } },
              status: { type: 'object', properties: { size: { type: 'integer' } } },
            },
          },
        },
      },
      {
        name: 'v1beta1',
        served: true,
        storage: false,
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      },
    ],
    ...more,
  },
});
const table = { Accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' };
const merge = { 'Content-Type': 'application/merge-patch+json' };

describe('custom resources', () => {
  const widgets = '/apis/example.com/v1/namespaces/default/widgets';
  const widget = { apiVersion: 'example.com/v1', kind: 'Widget' };

  test('are served as soon as their definition is there, with their own columns, status and scale', async () => {
    const { body } = await server.request('POST', definitions, definition('widgets'));
    const conditions = at(body, 'status.conditions') as { type: string; status: string }[];
    assert.deepEqual(conditions.map(({ type, status }) => `${type}=${status}`).sort(), [
      'Established=True',
      'NamesAccepted=True',
    ]);
    const created = await server.request('POST', widgets, {
      ...widget,
      metadata: { name: 'w' },
      spec: { foo: 1 },
      status: { size: 9 },
    });
    assert.deepEqual(
      [created.body.spec, created.body.status, created.body.metadata.generation],
      [{ size: 1 }, undefined, 1],
    );
    assert.match(String(created.headers.warning), /unknown field \\"spec\.foo\\"/);
    const scaled = await server.request('PATCH', `${widgets}/w/scale`, { spec: { replicas: 4 } }, merge);
    assert.equal(at(scaled.body, 'spec.replicas'), 4);
    await server.request('PATCH', `${widgets}/w/status`, { status: { size: 2 }, spec: { size: 7 } }, merge);
    const { body: now } = await server.request('GET', `${widgets}/w`);
    assert.deepEqual([now.spec, now.status, now.metadata.generation], [{ size: 4 }, { size: 2 }, 2]);
    const shown = await server.request('GET', widgets, undefined, table);
    assert.deepEqual((shown.body.rows as { cells: unknown[] }[])[0]?.cells, ['w', 4]);
  });

  test('show in every served version', async () => {
    const { body } = await server.request('GET', '/apis/example.com/v1beta1/namespaces/default/widgets/w');
    assert.deepEqual([body.apiVersion, at(body, 'spec.size')], ['example.com/v1beta1', 4]);
    const group = await server.request('GET', '/apis/example.com');
    assert.equal(at(group.body, 'preferredVersion.version'), 'v1');
  });

  test('are held against their schema', async () => {
    const { status, body } = await server.request('POST', widgets, {
      ...widget,
      metadata: { name: 'bad' },
      spec: { size: 'x' },
    });
    assert.deepEqual(
      [status, body.message],
      [
        422,
        'Widget.example.com "bad" is invalid: spec.size: Invalid value: "string": spec.size in body must be of type integer: "string"',
      ],
    );
    const strategic = await server.request(
      'PATCH',
      `${widgets}/w`,
      {},
      { 'Content-Type': 'application/strategic-merge-patch+json' },
    );
    assert.equal(strategic.status, 415);
  });

  test('survive a restart', async () => {
    await server.restart();
    assert.equal((await server.request('GET', `${widgets}/w`)).status, 200);
  });

  test('go with their definition, which waits for the last finalizer', async () => {
    await server.request('POST', widgets, {
      ...widget,
      metadata: { name: 'held', finalizers: ['example.com/wait'] },
    });
    const path = `${definitions}/widgets.example.com`;
    await server.request('DELETE', path);
    assert.equal((await server.request('GET', `${widgets}/w`)).status, 404);
    assert.ok((await server.request('GET', path)).body.metadata.deletionTimestamp);
    await server.request('PATCH', `${widgets}/held`, { metadata: { finalizers: null } }, merge);
    assert.equal((await server.request('GET', path)).status, 404);
    assert.equal((await server.request('GET', '/apis/example.com/v1')).status, 404);
  });

  test('need a definition that makes sense', async () => {
    const wrong = { ...definition('gadgets', { scope: 'Galaxy' }), metadata: { name: 'wrong' } };
    const { body } = await server.request('POST', definitions, wrong);
    assert.match(
      body.message ?? '',
      /metadata\.name: Invalid value: "wrong": must be spec\.names\.plural\+"\."\+spec\.group/,
    );
    assert.match(
      body.message ?? '',
      /spec\.scope: Unsupported value: "Galaxy": supported values: "Cluster", "Namespaced"/,
    );
  });
});
