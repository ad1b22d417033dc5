import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { afterEach, test } from 'node:test';
import { createFakeClock } from '../async/testing/fake-clock.ts';
import { silentLog } from '../telemetry/log.ts';
import { startInformer } from './informer.ts';
import { openKubeClient } from './open-kube-client.ts';
import { persistentVolumes } from './resources.ts';
import {
  bookmark,
  type ReceivedRequest,
  sendEvents,
  sendJson,
  sendStatus,
  startScriptedApiServer,
  statusBody,
} from './testing/scripted-api-server.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

const volume = (name: string, resourceVersion: string) => ({
  metadata: { name, resourceVersion, managedFields: ['large'] },
  spec: {},
});
const added = (name: string, version: string) => ({ type: 'ADDED', object: volume(name, version) });
const modified = (name: string, version: string) => ({ type: 'MODIFIED', object: volume(name, version) });
const deleted = (name: string, version: string) => ({ type: 'DELETED', object: volume(name, version) });

type Step = (request: ReceivedRequest, response: ServerResponse) => void;

/** Runs an informer against a server that answers its requests by the steps in turn; the last one repeats. */
async function follow(...steps: Step[]) {
  let step = 0;
  const server = await startScriptedApiServer((request, response) =>
    steps[Math.min(step++, steps.length - 1)]?.(request, response),
  );
  const stop = new AbortController();
  const clock = createFakeClock();
  const told: string[] = [];
  const informer = startInformer({
    client: openKubeClient(server.config),
    resource: persistentVolumes,
    project: ({ metadata }) => ({ name: metadata.name, version: metadata.resourceVersion }),
    handlers: {
      add: ({ name, version }) => void told.push(`+${name}@${version}`),
      update: ({ name, version }) => void told.push(`~${name}@${version}`),
      delete: ({ name }) => void told.push(`-${name}`),
    },
    clock,
    random: () => 0,
    log: silentLog,
    signal: stop.signal,
  });
  cleanups.push(async () => {
    stop.abort();
    await informer.done;
    await server.close();
  });
  /** Lets the informer's delays pass until the condition holds. */
  const until = async (condition: () => boolean) => {
    while (!condition()) {
      await clock.advance(100);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  };
  return { informer, server, told, stop, clock, until };
}

const watchList: Step = (_, response) =>
  sendEvents(response, added('a', '1'), added('b', '2'), bookmark('3', true));

test('a watch-list stream fills the store, object by object, and then follows', async () => {
  const { informer, server, told } = await follow((request, response) => {
    watchList(request, response);
    sendEvents(response, modified('a', '4'), deleted('b', '5'), added('c', '6'));
  });
  await informer.synced;
  while (told.length < 5) await new Promise(setImmediate);
  assert.deepEqual(told, ['+a@1', '+b@2', '~a@4', '-b', '+c@6']);
  assert.deepEqual(
    [...informer.values()],
    [
      { name: 'a', version: '4' },
      { name: 'c', version: '6' },
    ],
  );
  assert.equal(server.requests[0]?.query.get('sendInitialEvents'), 'true');
});

const pages: Step = (request, response) =>
  request.query.get('continue') === 'next'
    ? sendJson(response, 200, { metadata: { resourceVersion: '9' }, items: [volume('b', '2')] })
    : sendJson(response, 200, {
        metadata: { resourceVersion: '9', continue: 'next' },
        items: [volume('a', '1')],
      });

for (const [what, refusal] of [
  ['422 (WatchList is off)', (_, response) => sendStatus(response, 422, 'Invalid')],
  [
    'a 500 ERROR event (old etcd)',
    (_, response) => {
      sendEvents(response, { type: 'ERROR', object: statusBody(500, 'InternalError') });
      response.end();
    },
  ],
] satisfies [string, Step][])
  test(`where the server answers a watch-list with ${what}, pages are listed instead`, async () => {
    const { informer, server, told } = await follow(refusal, pages, pages, (_, response) =>
      sendEvents(response, added('c', '10')),
    );
    await informer.synced;
    while (told.length < 3) await new Promise(setImmediate);
    assert.deepEqual(told, ['+a@1', '+b@2', '+c@10']);
    assert.equal(server.requests[3]?.query.get('resourceVersion'), '9');
    assert.equal(server.requests[3]?.query.has('sendInitialEvents'), false);
  });

test('a cut stream is resumed after the last event or bookmark, without reading everything again', async () => {
  const { server, told, until } = await follow(
    (request, response) => {
      watchList(request, response);
      sendEvents(response, modified('a', '4'));
      response.write('{"type":"MODI', () => response.destroy());
    },
    (_, response) => {
      sendEvents(response, bookmark('20'));
      response.end();
    },
    (_, response) => sendEvents(response, added('c', '21')),
  );
  await until(() => told.length === 4);
  assert.deepEqual(told, ['+a@1', '+b@2', '~a@4', '+c@21']);
  assert.deepEqual(
    server.requests.map((request) => request.query.get('resourceVersion')),
    [null, '4', '20'],
  );
});

test('a stream cut within the initial list begins again, and nothing half is shown', async () => {
  const { informer, told, until } = await follow((_, response) => {
    sendEvents(response, added('a', '1'));
    response.write('\n', () => response.destroy());
  }, watchList);
  await until(() => told.length === 2);
  await informer.synced;
  assert.deepEqual(told, ['+a@1', '+b@2']);
});

for (const [how, expire] of [
  ['as an answer', (_, response) => sendStatus(response, 410, 'Expired')],
  [
    'as an event',
    (_, response) => sendEvents(response, { type: 'ERROR', object: statusBody(410, 'Expired') }),
  ],
] satisfies [string, Step][])
  test(`410 ${how} reads everything again and tells only the differences`, async () => {
    const { told, until } = await follow(
      (request, response) => {
        watchList(request, response);
        response.end();
      },
      expire,
      (_, response) => sendEvents(response, added('b', '2'), added('c', '8'), bookmark('9', true)),
    );
    await until(() => told.length === 4);
    assert.deepEqual(told, ['+a@1', '+b@2', '-a', '+c@8']);
  });

test('a server restored to an older state is read again although it never says 410', async () => {
  const { told, until } = await follow(
    (request, response) => {
      watchList(request, response);
      response.end();
    },
    (request, response) =>
      request.query.has('resourceVersion')
        ? sendStatus(response, 504, 'Timeout', 'Too large resource version: 3, current: 1')
        : sendEvents(response, added('a', '1'), bookmark('1', true)),
  );
  await until(() => told.length === 3);
  assert.deepEqual(told, ['+a@1', '+b@2', '-b']);
});

test('an unreachable or failing server is asked again later and later, without end', async () => {
  const { server, clock, until } = await follow((_, response) => sendStatus(response, 403, 'Forbidden'));
  await until(() => server.requests.length === 8);
  const [wait = 0] = clock.pending();
  assert(wait > 10_000 && wait <= 30_000, `waits ${wait} ms`);
});

test('a server that ends every watch at once is not asked in a tight loop', async () => {
  const { informer, server, clock } = await follow(
    (request, response) => {
      watchList(request, response);
      response.end();
    },
    (_, response) => void response.writeHead(200).end(),
  );
  await informer.synced;
  await server.received(2);
  while (clock.pending().length === 0) await new Promise(setImmediate);
  assert.equal(server.requests.length, 2);
});

test('an abort ends the informer, and whoever waits for the first list hears of it', async () => {
  const { informer, server, stop } = await follow(() => {});
  await server.received(1);
  const reason = new Error('stop');
  stop.abort(reason);
  await informer.done;
  await assert.rejects(informer.synced, reason);
});
