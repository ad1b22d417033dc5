import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeClock } from '../async/testing/fake-clock.ts';
import { createEventCorrelator, type Occurrence } from './event-correlator.ts';

const about = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace: 'ns', name: 'claim', uid: 'u1' };
const failed = (message: string): Occurrence => ({
  about,
  type: 'Warning',
  reason: 'ProvisioningFailed',
  message,
});

function correlator() {
  const clock = createFakeClock();
  return { clock, ...createEventCorrelator({ component: 'driver_pod_1', host: 'node-1', clock }) };
}

test('an event has the fields that kubectl shows', () => {
  const event = correlator().observe(failed('no quota'));
  // client-go's names: the object's, and the time in nanoseconds.
  const nanoseconds = BigInt(`0x${event?.metadata.name?.replace('claim.', '')}`);
  assert.equal(nanoseconds / 1_000_000n, BigInt(Date.UTC(2026, 0, 1)));
  assert.deepEqual(event, {
    metadata: { namespace: 'ns', name: event?.metadata.name },
    involvedObject: about,
    type: 'Warning',
    reason: 'ProvisioningFailed',
    message: 'no quota',
    count: 1,
    firstTimestamp: '2026-01-01T00:00:00Z',
    lastTimestamp: '2026-01-01T00:00:00Z',
    source: { component: 'driver_pod_1', host: 'node-1' },
    reportingComponent: 'driver_pod_1',
    reportingInstance: 'node-1',
  });
});

test('two components that tell of one object in the same millisecond tell of two events', () => {
  const options = { clock: createFakeClock() };
  const names = ['persistentvolume-controller', 'driver_pod_1'].map(
    (component) =>
      createEventCorrelator({ component, ...options }).observe(failed('no quota'))?.metadata.name,
  );
  assert.equal(new Set(names).size, 2);
});

test('the same again is the same event with a higher count and a later time', async () => {
  const { clock, observe } = correlator();
  const first = observe(failed('no quota'));
  await clock.advance(30_000);
  const second = observe(failed('no quota'));
  assert.equal(second?.metadata.name, first?.metadata.name);
  assert.deepEqual(
    [second?.count, second?.firstTimestamp, second?.lastTimestamp],
    [2, '2026-01-01T00:00:00Z', '2026-01-01T00:00:30Z'],
  );
});

test('many like events with ever new messages are combined into one', () => {
  const { observe } = correlator();
  const events = Array.from({ length: 15 }, (_, i) => observe(failed(`request ${i} failed`)));
  assert.equal(new Set(events.slice(0, 9).map((event) => event?.metadata.name)).size, 9);
  assert.equal(new Set(events.slice(9).map((event) => event?.metadata.name)).size, 1);
  assert.equal(events[14]?.message, '(combined from similar events): request 14 failed');
  assert.equal(events[14]?.count, 6);
});

test('after ten quiet minutes like events are told apart again', async () => {
  const { clock, observe } = correlator();
  for (let i = 0; i < 15; i++) observe(failed(`request ${i} failed`));
  await clock.advance(600_001);
  assert.equal(observe(failed('request 16 failed'))?.message, 'request 16 failed');
});

test('an object that floods is cut at 25, then one event in five minutes; others are not affected', async () => {
  const { clock, observe } = correlator();
  const passed = Array.from({ length: 40 }, () => observe(failed('again'))).filter(Boolean);
  assert.equal(passed.length, 25);
  assert.notEqual(observe({ ...failed('again'), about: { ...about, uid: 'u2' } }), undefined);
  await clock.advance(300_000);
  assert.notEqual(observe(failed('again')), undefined);
  assert.equal(observe(failed('again')), undefined);
});

test('a series is one event whose message changes, and never spam', () => {
  const { observe } = correlator();
  const percent = (value: number) =>
    observe({ ...failed(`${value} %`), type: 'Normal', reason: 'Progress', series: 'create' });
  const names = new Set(Array.from({ length: 100 }, (_, i) => percent(i)?.metadata.name));
  assert.equal(names.size, 1);
  assert.deepEqual([percent(100)?.message, percent(100)?.count], ['100 %', 102]);
});

test('events of cluster-wide objects go to the default namespace; long messages are cut to what the server takes', () => {
  const { observe } = correlator();
  const event = observe({
    ...failed('x'.repeat(3000)),
    about: { kind: 'PersistentVolume', name: 'pv', uid: 'u3' },
  });
  assert.equal(event?.metadata.namespace, 'default');
  assert.equal(event?.message.length, 1024);
});
