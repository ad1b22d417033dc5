import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { createFakeClock } from '../async/testing/fake-clock.ts';
import { KubeConnectionError, KubeError } from './client.ts';
import { openKubeClient } from './open-kube-client.ts';
import { persistentVolumes } from './resources.ts';
import {
  type Answer,
  bookmark,
  sendEvents,
  sendStatus,
  startScriptedApiServer,
  statusBody,
} from './testing/scripted-api-server.ts';

const closing: (() => Promise<void>)[] = [];
after(() => Promise.all(closing.map((close) => close())));

async function watch(answer: Answer, signal: AbortSignal = new AbortController().signal) {
  const server = await startScriptedApiServer(answer);
  closing.push(server.close);
  const clock = createFakeClock();
  const client = openKubeClient(server.config, { clock });
  return { clock, events: client.watch(persistentVolumes, { signal })[Symbol.asyncIterator]() };
}

const volume = (name: string) => ({ metadata: { name, resourceVersion: '5' }, spec: {} });

test('events come out as they are sent; bookmarks carry their version and the end of the initial list', async () => {
  const { events } = await watch((_, response) => {
    sendEvents(response, { type: 'ADDED', object: volume('a') }, bookmark('9', true), bookmark('12'));
    response.end();
  });
  assert.deepEqual((await events.next()).value, { type: 'ADDED', object: volume('a') });
  assert.deepEqual((await events.next()).value, {
    type: 'BOOKMARK',
    resourceVersion: '9',
    initialEventsEnd: true,
  });
  assert.deepEqual((await events.next()).value, {
    type: 'BOOKMARK',
    resourceVersion: '12',
    initialEventsEnd: false,
  });
  assert.equal((await events.next()).done, true);
});

test('a refused watch and an ERROR event are both a KubeError', async () => {
  const refused = await watch((_, response) => sendStatus(response, 422, 'Invalid'));
  await assert.rejects(refused.events.next(), { name: 'KubeError', status: 422 });
  const expired = await watch((_, response) =>
    sendEvents(response, { type: 'ERROR', object: statusBody(410, 'Expired') }),
  );
  await assert.rejects(expired.events.next(), (error) => {
    assert(error instanceof KubeError);
    assert.deepEqual([error.status, error.reason], [410, 'Expired']);
    return true;
  });
});

test('a connection cut in the middle of a line is an error after the last whole event', async () => {
  const { events } = await watch((_, response) => {
    sendEvents(response, { type: 'ADDED', object: volume('a') });
    response.write('{"type":"MODIFIED","object":{"meta', () => response.destroy());
  });
  assert.equal((await events.next()).value.object.metadata.name, 'a');
  await assert.rejects(events.next(), KubeConnectionError);
});

test('a stream that is silent for longer than the bookmark interval is given up', async () => {
  const { clock, events } = await watch((_, response) => {
    sendEvents(response, { type: 'ADDED', object: volume('a') });
  });
  await events.next();
  const silence = assert.rejects(events.next(), /nothing received for 150 s/);
  await clock.advance(149_999);
  await clock.advance(1);
  await silence;
});

test('an aborted watch ends with the reason of the abort', async () => {
  const stop = new AbortController();
  const { events } = await watch((_, response) => sendEvents(response, bookmark('1')), stop.signal);
  await events.next();
  const reason = new Error('stop');
  const end = assert.rejects(Promise.resolve(events.next()), reason);
  stop.abort(reason);
  await end;
});
