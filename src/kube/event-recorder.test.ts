import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeClock } from '../async/testing/fake-clock.ts';
import { silentLog } from '../telemetry/log.ts';
import { KubeConnectionError, KubeError } from './client.ts';
import { startEventRecorder } from './event-recorder.ts';
import { events } from './resources.ts';
import { createFakeCluster } from './testing/fake-cluster.ts';

const about = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace: 'ns', name: 'claim', uid: 'u1' };

function recorder() {
  const cluster = createFakeCluster();
  const clock = createFakeClock();
  const { record, flush } = startEventRecorder({
    client: cluster.client,
    component: 'driver',
    clock,
    log: silentLog,
    signal: new AbortController().signal,
  });
  const say = (message: string) => record({ about, type: 'Normal', reason: 'Provisioning', message });
  const stored = () => cluster.all(events).map((event) => [event.message, event.count]);
  return { cluster, clock, say, flush, stored, record };
}

test('events are written in the background and repetitions patched into the first', async () => {
  const { cluster, say, flush, stored } = recorder();
  say('begins');
  await flush();
  say('begins');
  await flush();
  assert.deepEqual(stored(), [['begins', 2]]);
  assert.deepEqual(
    cluster.writes.map((write) => write.verb),
    ['create', 'patch'],
  );
});

test('repetitions while the write is under way become one more write, not one each', async () => {
  const { cluster, say, flush, stored } = recorder();
  for (let i = 0; i < 20; i++) say('begins');
  await flush();
  assert.deepEqual(stored(), [['begins', 20]]);
  assert(cluster.writes.length <= 2);
});

test('an event that has expired on the server is made again', async () => {
  const { cluster, say, flush, stored } = recorder();
  say('begins');
  await flush();
  const [event] = cluster.all(events);
  await cluster.client.delete(events, { namespace: 'ns', name: event?.metadata.name ?? '' });
  say('begins');
  await flush();
  assert.deepEqual(stored(), [['begins', 2]]);
});

test('an outage delays events and does not lose them; a refusal drops them for good', async () => {
  const { cluster, clock, say, flush, stored } = recorder();
  cluster.intercept.before = () => {
    throw new KubeConnectionError('down');
  };
  say('begins');
  await flush();
  cluster.intercept.before = () => {};
  await clock.advance(10_000);
  assert.deepEqual(stored(), [['begins', 1]]);

  cluster.intercept.before = () => {
    throw new KubeError(403, 'Forbidden', 'the namespace is being terminated');
  };
  say('ends');
  await flush();
  assert.deepEqual(clock.pending(), []);
});

test('when the server does not keep up, new events are dropped and recording never waits', async () => {
  const { cluster, clock, record, flush } = recorder();
  cluster.intercept.before = () => {
    throw new KubeConnectionError('down');
  };
  for (let i = 0; i < 3000; i++)
    record({ about: { ...about, uid: `u${i}`, name: `c${i}` }, type: 'Normal', reason: 'X', message: 'm' });
  cluster.intercept.before = () => {};
  await flush();
  await clock.advance(10_000);
  assert.equal(cluster.all(events).length, 1000);
});
