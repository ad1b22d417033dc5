import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { at } from '../tables/column.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

let server: TestServer;
before(async () => {
  server = await startTestServer();
});
after(() => server.close());

const configMaps = '/api/v1/namespaces/default/configmaps';
const configMap = (name: string, data: Record<string, string> = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  data,
});

describe('authentication', () => {
  test('no token and a wrong one are refused with a Status', async () => {
    for (const Authorization of ['', 'Bearer wrong']) {
      const { status, body } = await server.request('GET', '/api/v1/pods', undefined, { Authorization });
      assert.equal(status, 401);
      assert.deepEqual([body.kind, body.reason, body.message], ['Status', 'Unauthorized', 'Unauthorized']);
    }
  });

  test('health and version need none', async () => {
    for (const path of ['/healthz', '/readyz', '/livez', '/readyz/ping']) {
      assert.equal((await server.request('GET', path, undefined, { Authorization: '' })).text, 'ok');
    }
    const version = await server.request('GET', '/version', undefined, { Authorization: '' });
    assert.equal(version.body.gitVersion, 'v1.36.3+berth');
  });
});

describe('creating', () => {
  test('answers 201 with what the server adds', async () => {
    const { status, body } = await server.request('POST', configMaps, configMap('created', { a: '1' }));
    assert.equal(status, 201);
    assert.match(body.metadata.uid ?? '', /^[0-9a-f-]{36}$/);
    assert.match(body.metadata.creationTimestamp ?? '', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    assert.equal(body.metadata.namespace, 'default');
    assert.ok(Number(body.metadata.resourceVersion) > 0);
  });

  test('the same name twice is AlreadyExists', async () => {
    await server.request('POST', configMaps, configMap('twice'));
    const { status, body } = await server.request('POST', configMaps, configMap('twice'));
    assert.deepEqual(
      [status, body.reason, body.message],
      [409, 'AlreadyExists', 'configmaps "twice" already exists'],
    );
  });

  test('a generated name begins as asked', async () => {
    const { body } = await server.request('POST', configMaps, { metadata: { generateName: 'made-' } });
    assert.match(body.metadata.name ?? '', /^made-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
  });

  test('needs a namespace that exists', async () => {
    const { status, body } = await server.request(
      'POST',
      '/api/v1/namespaces/nowhere/configmaps',
      configMap('x'),
    );
    assert.deepEqual([status, body.message], [404, 'namespaces "nowhere" not found']);
  });

  test('a dry run stores nothing', async () => {
    const { status, body } = await server.request('POST', `${configMaps}?dryRun=All`, configMap('dry'));
    assert.deepEqual([status, body.metadata.name], [201, 'dry']);
    assert.equal((await server.request('GET', `${configMaps}/dry`)).status, 404);
    assert.equal((await server.request('POST', `${configMaps}?dryRun=Some`, configMap('dry'))).status, 422);
  });

  test('unknown fields are dropped with a warning, or refused when asked to be strict', async () => {
    const object = { foo: 1, metadata: { name: 'unknown', bar: 2 } };
    const warned = await server.request('POST', configMaps, object);
    assert.equal(
      warned.headers.warning,
      '299 - "unknown field \\"foo\\"", 299 - "unknown field \\"metadata.bar\\""',
    );
    assert.equal(warned.body.foo, undefined);
    const strict = await server.request('POST', `${configMaps}?fieldValidation=Strict`, object);
    assert.equal(strict.status, 400);
    assert.match(
      strict.body.message ?? '',
      /^ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: unknown field "foo", unknown field "metadata\.bar"$/,
    );
  });

  test('another kind or version than the path says is refused', async () => {
    const kind = await server.request('POST', configMaps, { ...configMap('x'), kind: 'Secret' });
    assert.match(
      kind.body.message ?? '',
      /kind in the data \(Secret\) does not match the expected kind \(ConfigMap\)/,
    );
    const version = await server.request('POST', configMaps, { ...configMap('x'), apiVersion: 'v2' });
    assert.match(
      version.body.message ?? '',
      /API version in the data \(v2\) does not match the expected API version \(v1\)/,
    );
  });

  test('bodies that cannot be read are refused', async () => {
    const html = await server.request('POST', configMaps, {}, { 'Content-Type': 'text/html' });
    assert.deepEqual([html.status, html.body.reason], [415, 'UnsupportedMediaType']);
    const big = await server.request(
      'POST',
      configMaps,
      configMap('big', { a: 'x'.repeat(4 * 1024 * 1024) }),
    );
    assert.equal(big.status, 413);
  });
});

describe('replacing', () => {
  test('an outdated resourceVersion is a conflict', async () => {
    const { body: first } = await server.request('POST', configMaps, configMap('raced'));
    const second = await server.request('PUT', `${configMaps}/raced`, { ...first, data: { by: 'one' } });
    assert.equal(second.status, 200);
    const third = await server.request('PUT', `${configMaps}/raced`, { ...first, data: { by: 'two' } });
    assert.deepEqual(
      [third.status, third.body.reason, third.body.message],
      [
        409,
        'Conflict',
        'Operation cannot be fulfilled on configmaps "raced": the object has been modified; please apply your changes to the latest version and try again',
      ],
    );
  });

  test('without a resourceVersion it overwrites, and nothing new is no write', async () => {
    await server.request('POST', configMaps, configMap('over'));
    const written = await server.request('PUT', `${configMaps}/over`, configMap('over', { a: '1' }));
    const again = await server.request('PUT', `${configMaps}/over`, configMap('over', { a: '1' }));
    assert.equal(again.body.metadata.resourceVersion, written.body.metadata.resourceVersion);
  });

  test('identity cannot be changed', async () => {
    const { body } = await server.request('POST', configMaps, configMap('fixed'));
    const renamed = await server.request('PUT', `${configMaps}/fixed`, configMap('other'));
    assert.match(
      renamed.body.message ?? '',
      /name of the object \(other\) does not match the name on the URL \(fixed\)/,
    );
    const other = { ...body, metadata: { ...body.metadata, uid: 'another' } };
    assert.match(
      (await server.request('PUT', `${configMaps}/fixed`, other)).body.message ?? '',
      /Precondition failed: UID/,
    );
    const moved = { ...body, metadata: { ...body.metadata, creationTimestamp: '2000-01-01T00:00:00Z' } };
    const kept = await server.request('PUT', `${configMaps}/fixed`, moved);
    assert.equal(kept.body.metadata.creationTimestamp, body.metadata.creationTimestamp);
  });

  test('a Lease is only replaced by who has read it', async () => {
    const leases = '/apis/coordination.k8s.io/v1/namespaces/default/leases';
    await server.request('POST', leases, { metadata: { name: 'l' } });
    const blind = await server.request('PUT', `${leases}/l`, { metadata: { name: 'l' } });
    assert.match(
      blind.body.message ?? '',
      /metadata\.resourceVersion: Invalid value: 0: must be specified for an update/,
    );
  });

  test('what is not there is not made', async () => {
    assert.equal((await server.request('PUT', `${configMaps}/nope`, configMap('nope'))).status, 404);
  });
});

describe('status and object are written apart', () => {
  const claims = '/api/v1/namespaces/default/persistentvolumeclaims';
  const claim = {
    metadata: { name: 'apart' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    status: { phase: 'Bound' },
  };

  test('each endpoint changes its own part', async () => {
    const created = await server.request('POST', claims, claim);
    assert.equal(at(created.body, 'status.phase'), 'Pending', 'a new claim is pending whatever it says');
    const patch = { 'Content-Type': 'application/merge-patch+json' };
    const status = { status: { phase: 'Bound' }, spec: { volumeName: 'x' } };
    const bound = await server.request('PATCH', `${claims}/apart/status`, status, patch);
    assert.deepEqual(
      [at(bound.body, 'status.phase'), at(bound.body, 'spec.volumeName')],
      ['Bound', undefined],
    );
    const spec = { status: { phase: 'Lost' }, spec: { volumeName: 'x' } };
    const named = await server.request('PATCH', `${claims}/apart`, spec, patch);
    assert.deepEqual([at(named.body, 'status.phase'), at(named.body, 'spec.volumeName')], ['Bound', 'x']);
  });
});

describe('generation', () => {
  test('counts changes of the spec, not of labels or status', async () => {
    const deployments = '/apis/apps/v1/namespaces/default/deployments';
    const deployment = {
      metadata: { name: 'd' },
      spec: {
        selector: { matchLabels: { a: 'b' } },
        template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
      },
    };
    const patch = { 'Content-Type': 'application/merge-patch+json' };
    const path = `${deployments}/d`;
    assert.equal((await server.request('POST', deployments, deployment)).body.metadata.generation, 1);
    assert.equal(
      (await server.request('PATCH', path, { metadata: { labels: { x: 'y' } } }, patch)).body.metadata
        .generation,
      1,
    );
    assert.equal(
      (await server.request('PATCH', `${path}/status`, { status: { replicas: 1 } }, patch)).body.metadata
        .generation,
      1,
    );
    assert.equal(
      (await server.request('PATCH', path, { spec: { replicas: 2 } }, patch)).body.metadata.generation,
      2,
    );
    const scale = await server.request('PATCH', `${path}/scale`, { spec: { replicas: 5 } }, patch);
    assert.deepEqual([scale.body.kind, at(scale.body, 'spec.replicas')], ['Scale', 5]);
    assert.equal((await server.request('GET', path)).body.metadata.generation, 3);
  });
});

describe('what is not served', () => {
  test('is refused by path and by method', async () => {
    const unknown = await server.request('GET', '/apis/batch/v1/namespaces/default/jobs');
    assert.deepEqual([unknown.status, unknown.text], [404, '404 page not found\n']);
    const resource = await server.request('GET', '/apis/apps/v1/namespaces/default/jobs');
    assert.deepEqual(
      [resource.status, resource.body.reason, resource.body.message],
      [404, 'NotFound', 'the server could not find the requested resource'],
    );
    const method = await server.request('POST', `${configMaps}/x`, configMap('x'));
    assert.deepEqual([method.status, method.body.reason], [405, 'MethodNotAllowed']);
    assert.equal((await server.request('DELETE', '/api/v1/namespaces')).status, 405);
    assert.equal((await server.request('GET', '/api/v1/namespaces/default/pods/%zz')).status, 404);
    assert.equal(
      (await server.request('GET', configMaps, undefined, { Accept: 'application/cbor' })).status,
      406,
    );
  });
});
