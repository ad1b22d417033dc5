import assert from 'node:assert/strict';
import net from 'node:net';
import { after, test } from 'node:test';
import { createFakeClock } from '../async/testing/fake-clock.ts';
import { KubeConnectionError, KubeError } from './client.ts';
import { openKubeClient } from './open-kube-client.ts';
import { persistentVolumeClaims, persistentVolumes } from './resources.ts';
import { type Answer, sendJson, sendStatus, startScriptedApiServer } from './testing/scripted-api-server.ts';

const closing: (() => Promise<void>)[] = [];
after(() => Promise.all(closing.map((close) => close())));

async function serve(answer: Answer) {
  const server = await startScriptedApiServer(answer);
  closing.push(server.close);
  return { server, client: openKubeClient(server.config) };
}

const volume = { metadata: { name: 'pv' }, spec: { capacity: { storage: '1Gi' } } };

test('a refusal becomes a KubeError with the reason that the server gave', async () => {
  const { client } = await serve((_, response) => sendStatus(response, 404, 'NotFound', 'no "pv"'));
  await assert.rejects(client.get(persistentVolumes, { name: 'pv' }), (error) => {
    assert(error instanceof KubeError);
    assert.deepEqual([error.status, error.reason, error.message], [404, 'NotFound', 'no "pv"']);
    return true;
  });
});

test('a refusal by something that is no API server is still an error with its status', async () => {
  const { client } = await serve((_, response) => {
    response.writeHead(503).end('<html>upstream down</html>');
  });
  await assert.rejects(client.get(persistentVolumes, { name: 'pv' }), {
    name: 'KubeError',
    status: 503,
    reason: 'ServiceUnavailable',
    message: 'the server answered 503: <html>upstream down</html>',
  });
});

test('a server that is not there becomes a KubeConnectionError with the cause', async () => {
  const { server, client } = await serve(() => {});
  await server.close();
  await assert.rejects(client.get(persistentVolumes, { name: 'pv' }), (error) => {
    assert(error instanceof KubeConnectionError);
    assert.match(error.message, /^GET http:.*persistentvolumes\/pv: .*ECONNREFUSED/);
    assert(error.cause instanceof Error);
    return true;
  });
});

test('a created object carries its kind and goes to its namespace', async () => {
  const { server, client } = await serve((request, response) =>
    sendJson(response, 201, JSON.parse(request.body)),
  );
  const claim = { metadata: { namespace: 'ns', name: 'pvc' }, spec: {} };
  const created = await client.create(persistentVolumeClaims, claim);
  assert.deepEqual(created, { ...claim, apiVersion: 'v1', kind: 'PersistentVolumeClaim' });
  assert.equal(server.requests[0]?.path, '/api/v1/namespaces/ns/persistentvolumeclaims');
  assert.equal(server.requests[0]?.headers['content-type'], 'application/json');
});

test('each patch type has its media type, and apply names its field manager', async () => {
  const { server, client } = await serve((_, response) => sendJson(response, 200, volume));
  const name = { name: 'pv' };
  await client.patch(persistentVolumes, name, { type: 'merge', body: {} });
  await client.patch(persistentVolumes, name, { type: 'strategic', body: {} }, { subresource: 'status' });
  await client.patch(persistentVolumes, name, { type: 'json', body: [] });
  await client.patch(persistentVolumes, name, { type: 'apply', body: {}, fieldManager: 'me', force: true });
  assert.deepEqual(
    server.requests.map((request) => [request.headers['content-type'], `${request.query}`]),
    [
      ['application/merge-patch+json', ''],
      ['application/strategic-merge-patch+json', ''],
      ['application/json-patch+json', ''],
      ['application/apply-patch+yaml', 'fieldManager=me&force=true'],
    ],
  );
  assert.match(server.requests[1]?.path ?? '', /\/pv\/status$/);
});

test('a delete carries its preconditions', async () => {
  const { server, client } = await serve((_, response) => sendJson(response, 200, volume));
  await client.delete(persistentVolumes, { name: 'pv' }, { preconditions: { uid: 'u1' } });
  assert.deepEqual(JSON.parse(server.requests[0]?.body ?? ''), {
    apiVersion: 'v1',
    kind: 'DeleteOptions',
    preconditions: { uid: 'u1' },
  });
});

test('a list in pages hands out the continue token, and none at the end', async () => {
  const { client } = await serve((request, response) =>
    sendJson(response, 200, {
      metadata: { resourceVersion: '7', ...(!request.query.has('continue') && { continue: 'next' }) },
      items: [volume],
    }),
  );
  const first = await client.list(persistentVolumes, { limit: 1 });
  assert.deepEqual([first.resourceVersion, first.continue, first.items.length], ['7', 'next', 1]);
  const second = await client.list(persistentVolumes, { limit: 1, continue: 'next' });
  assert.equal(second.continue, undefined);
});

test('"too many requests" is waited out for as long as the server says', async () => {
  let busy = true;
  const server = await startScriptedApiServer((_, response) => {
    if (!busy) return sendJson(response, 200, volume);
    busy = false;
    response.setHeader('retry-after', '7');
    sendStatus(response, 429, 'TooManyRequests');
  });
  closing.push(server.close);
  const clock = createFakeClock();
  const answer = openKubeClient(server.config, { clock }).get(persistentVolumes, { name: 'pv' });
  await server.received(1);
  while (!clock.pending().includes(7000)) await new Promise(setImmediate);
  await clock.advance(7000);
  assert.equal((await answer).metadata.name, 'pv');
  assert.equal(server.requests.length, 2);
});

test('an answer that does not come within the time limit is an error that says so', async () => {
  const server = await startScriptedApiServer(() => {});
  closing.push(server.close);
  const clock = createFakeClock();
  const answer = openKubeClient(server.config, { clock, timeoutMs: 5000 }).get(persistentVolumes, {
    name: 'pv',
  });
  await Promise.all([
    assert.rejects(answer, /no answer within 5 s/),
    server.received(1).then(() => clock.advance(5000)),
  ]);
});

test('an aborted request ends with the reason of the abort', async () => {
  const { server, client } = await serve(() => {});
  const stop = new AbortController();
  const reason = new Error('shutting down');
  const answer = client.get(persistentVolumes, { name: 'pv' }, stop.signal);
  await Promise.all([assert.rejects(answer, reason), server.received(1).then(() => stop.abort(reason))]);
});

test('after a 401 the credentials are asked for anew, once', async () => {
  const { server } = await serve((request, response) =>
    request.headers.authorization === 'Bearer new'
      ? sendJson(response, 200, volume)
      : sendStatus(response, 401, 'Unauthorized'),
  );
  const credentials = (renew: boolean) =>
    Promise.resolve({ authorization: renew ? 'Bearer new' : 'Bearer old' });
  const client = openKubeClient({ ...server.config, credentials });
  await client.get(persistentVolumes, { name: 'pv' });
  const stale = openKubeClient({
    ...server.config,
    credentials: () => Promise.resolve({ authorization: 'Bearer old' }),
  });
  await assert.rejects(stale.get(persistentVolumes, { name: 'pv' }), { reason: 'Unauthorized' });
  assert.equal(server.requests.length, 4);
});

test('credentials are never sent in the clear over a network', () => {
  const config = { namespace: 'x', credentials: () => Promise.resolve({}) };
  assert.throws(() => openKubeClient({ ...config, server: 'http://10.0.0.1:8080' }), /only https/);
  openKubeClient({ ...config, server: 'http://[::1]:8080' });
});

test('a proxy from the environment is asked for a tunnel, and nothing goes past it', async () => {
  const connects: string[] = [];
  const proxy = net.createServer((socket) =>
    socket.once('data', (data) => {
      connects.push(String(data).split('\r\n')[0] ?? '');
      socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    }),
  );
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  closing.push(() => new Promise((resolve) => proxy.close(() => resolve())));
  const { port } = proxy.address() as net.AddressInfo;
  const client = openKubeClient(
    { server: 'https://api.example:6443', namespace: 'x', credentials: () => Promise.resolve({}) },
    { environment: { HTTPS_PROXY: `http://127.0.0.1:${port}` } },
  );
  await assert.rejects(client.get(persistentVolumes, { name: 'pv' }), KubeConnectionError);
  assert.deepEqual(connects, ['CONNECT api.example:6443 HTTP/1.1']);
});

test('/version and /healthz can be read as they are', async () => {
  const { client } = await serve((request, response) => {
    if (request.path === '/version') return sendJson(response, 200, { gitVersion: 'v1.36.3' });
    response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' }).end('ok');
  });
  assert.deepEqual(await client.getPath('/version'), { gitVersion: 'v1.36.3' });
  assert.equal(await client.getPath('/healthz'), 'ok');
});
