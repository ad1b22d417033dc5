import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createFakeClock } from '../../../async/testing/fake-clock.ts';
import type { KubeObject } from '../../../kube/objects.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

interface WatchEvent {
  readonly type: string;
  readonly object: KubeObject & { readonly code?: number; readonly reason?: string };
}

const clock = createFakeClock();
let server: TestServer;
before(async () => {
  server = await startTestServer({ clock });
});
after(() => server.close());

const configMaps = '/api/v1/namespaces/default/configmaps';
const configMap = (name: string, labels: Record<string, string> = {}, data = {}) => ({
  metadata: { name, labels },
  data,
});
const create = async (name: string, labels?: Record<string, string>) =>
  (await server.request('POST', configMaps, configMap(name, labels))).body;
const label = (name: string, labels: Record<string, string | null>) =>
  server.request(
    'PATCH',
    `${configMaps}/${name}`,
    { metadata: { labels } },
    { 'Content-Type': 'application/merge-patch+json' },
  );
const newest = async () => String((await server.request('GET', configMaps)).body.metadata.resourceVersion);

async function watch(query: string) {
  const lines = await server.lines(`${configMaps}?watch=true&${query}`);
  return {
    async next(): Promise<WatchEvent> {
      const { value, done } = await lines.next();
      return done === true ? assert.fail('the watch ended') : (JSON.parse(value) as WatchEvent);
    },
    async take(count: number): Promise<(readonly [string, string])[]> {
      const events: (readonly [string, string])[] = [];
      while (events.length < count) {
        const { type, object } = await this.next();
        events.push([type, object.metadata.name ?? '']);
      }
      return events;
    },
    ended: async () => (await lines.next()).done === true,
    stop: () => lines.return(),
  };
}

describe('watching', () => {
  test('from a version: every change after it, in order', async () => {
    const from = await newest();
    await create('w1');
    const stream = await watch(`resourceVersion=${from}`);
    await label('w1', { a: 'b' });
    await server.request('DELETE', `${configMaps}/w1`);
    assert.deepEqual(await stream.take(3), [
      ['ADDED', 'w1'],
      ['MODIFIED', 'w1'],
      ['DELETED', 'w1'],
    ]);
    await stream.stop();
  });

  test('without a version: the objects there are, then changes', async () => {
    await create('there');
    const stream = await watch('fieldSelector=metadata.name%3Dthere');
    await label('there', { a: 'b' });
    assert.deepEqual(await stream.take(2), [
      ['ADDED', 'there'],
      ['MODIFIED', 'there'],
    ]);
    await stream.stop();
  });

  test('an object that ceases to match the selector is deleted for the watch, one that begins to is added', async () => {
    const from = await newest();
    const stream = await watch(`resourceVersion=${from}&labelSelector=on%3Dyes`);
    await create('flip', { on: 'no' });
    await label('flip', { on: 'yes' });
    await label('flip', { more: 'x' });
    await label('flip', { on: null });
    await label('flip', { on: 'yes' });
    assert.deepEqual(await stream.take(4), [
      ['ADDED', 'flip'],
      ['MODIFIED', 'flip'],
      ['DELETED', 'flip'],
      ['ADDED', 'flip'],
    ]);
    await stream.stop();
  });

  test('initial events end with the bookmark that clients wait for', async () => {
    await create('initial', { set: 'initial' });
    const stream = await watch(
      'sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&labelSelector=set%3Dinitial',
    );
    assert.deepEqual(await stream.take(1), [['ADDED', 'initial']]);
    const { type, object } = await stream.next();
    assert.deepEqual(
      [type, object.kind, object.metadata.annotations],
      ['BOOKMARK', 'ConfigMap', { 'k8s.io/initial-events-end': 'true' }],
    );
    assert.ok(Number(object.metadata.resourceVersion) > 0);
    await stream.stop();
  });

  test('bookmarks come while nothing happens, and the timeout ends the watch', async () => {
    const from = await newest();
    const stream = await watch(`resourceVersion=${from}&allowWatchBookmarks=true&timeoutSeconds=90`);
    await clock.advance(60_000);
    const { type, object } = await stream.next();
    assert.deepEqual([type, object.metadata.resourceVersion], ['BOOKMARK', from]);
    await clock.advance(30_000);
    assert.equal(await stream.ended(), true);
  });

  test('a version of another history is Expired, so that the client lists anew', async () => {
    const stream = await watch('resourceVersion=999999');
    const { type, object } = await stream.next();
    assert.deepEqual([type, object.code, object.reason], ['ERROR', 410, 'Expired']);
    assert.equal(await stream.ended(), true);
  });

  test('resumes across a restart of the server', async () => {
    const from = await newest();
    await create('before-restart');
    await server.restart();
    const stream = await watch(`resourceVersion=${from}`);
    assert.deepEqual(await stream.take(1), [['ADDED', 'before-restart']]);
    await stream.stop();
  });

  test('options that make no sense are refused', async () => {
    for (const [query, expected] of [
      ['sendInitialEvents=true', 422],
      ['resourceVersionMatch=Exact', 422],
      ['labelSelector=a%20b', 400],
      ['resourceVersion=x', 500],
      ['timeoutSeconds=x', 400],
    ] as const) {
      const { status } = await server.request('GET', `${configMaps}?watch=true&${query}`);
      assert.equal(status, expected, query);
    }
  });

  test('a thousand objects come whole and in order, with changes made meanwhile behind them', async () => {
    const names = Array.from({ length: 1000 }, (_, index) => `many-${String(index).padStart(4, '0')}`);
    for (const name of names) await create(name, { set: 'many' });
    const stream = await watch(
      'sendInitialEvents=true&resourceVersionMatch=NotOlderThan&labelSelector=set%3Dmany',
    );
    await create('many-later', { set: 'many' });
    const events = await stream.take(1002);
    assert.deepEqual(
      events.slice(0, 1000).map(([, name]) => name),
      names,
    );
    const tail = events.slice(1000).map(([type, name]) => `${type} ${name}`);
    assert.deepEqual(tail.sort(), ['ADDED many-later', 'BOOKMARK ']);
    await stream.stop();
  });
});
