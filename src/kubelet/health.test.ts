import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Clock } from '../async/clock.ts';
import { createFakeClock, type FakeClock } from '../async/testing/fake-clock.ts';
import { silentLog } from '../telemetry/log.ts';
import { noMetrics } from '../telemetry/metrics.ts';
import { type HealthOptions, startHealth } from './health.ts';

async function serving(t: TestContext, more: Partial<HealthOptions> & { readonly clock: Clock }) {
  const options = {
    port: 0,
    address: '127.0.0.1',
    probe: async () => true,
    metrics: noMetrics,
    log: silentLog,
  };
  const server = await startHealth({ ...options, ...more });
  t.after(() => server.close());
  const get = async (path: string, method = 'GET') => {
    const response = await fetch(`http://127.0.0.1:${server.port}${path}`, { method });
    return {
      status: response.status,
      body: await response.text(),
      type: response.headers.get('content-type'),
    };
  };
  return { server, get };
}

/** A test that never gets so far fails by the runner's own limit. */
async function advanceWhen(clock: FakeClock, condition: () => boolean, milliseconds: number) {
  while (!condition()) await new Promise(setImmediate);
  await clock.advance(milliseconds);
}

test('while Probe answers ready, both checks are 200', async (t) => {
  const { get } = await serving(t, { clock: createFakeClock() });
  for (const path of ['/healthz', '/readyz?verbose']) {
    assert.deepEqual(await get(path), { status: 200, body: 'ok', type: 'text/plain; charset=utf-8' });
  }
});

test('Probe not ready, failing, or silent for three seconds is 500 with the reason', async (t) => {
  const clock = createFakeClock();
  const probes: HealthOptions['probe'][] = [
    async () => false,
    () => Promise.reject(new Error('the lustre module is not loaded')),
    () => new Promise(() => {}),
  ];
  const { get } = await serving(t, {
    clock,
    probe: (signal) => (probes[0] as HealthOptions['probe'])(signal),
  });
  assert.deepEqual((await get('/readyz')).body, 'driver responded but is not ready');
  probes.shift();
  assert.deepEqual((await get('/healthz')).body, 'the lustre module is not loaded');
  probes.shift();
  const hanging = get('/healthz');
  await advanceWhen(clock, () => clock.pending().length === 2, 3_000);
  const { status, body } = await hanging;
  assert.deepEqual([status, body], [500, 'Probe did not answer in 3000 ms']);
});

test('a blocked event loop fails liveness and not readiness, until it keeps up again', async (t) => {
  const clock = createFakeClock();
  let skipped = 0;
  const slow: Clock = { now: () => clock.now() + skipped, sleep: clock.sleep };
  const { get } = await serving(t, { clock: slow });
  skipped = 6_000;
  await clock.advance(1_000);
  assert.deepEqual((await get('/healthz')).body, 'the event loop was blocked for 6000 ms');
  assert.equal((await get('/readyz')).status, 200);
  await clock.advance(1_000);
  assert.equal((await get('/healthz')).status, 200);
});

test('metrics come as the registry prints them; other paths and methods are refused', async (t) => {
  const exposition = async () => ({ contentType: 'text/plain; version=0.0.4', body: 'up 1\n' });
  const { get } = await serving(t, { clock: createFakeClock(), metrics: { exposition } });
  assert.deepEqual(await get('/metrics'), { status: 200, body: 'up 1\n', type: 'text/plain; version=0.0.4' });
  assert.equal((await get('/other')).status, 404);
  assert.equal((await get('/healthz', 'POST')).status, 405);
});

test('metrics that fail are a 500 and do not end the server', async (t) => {
  const exposition = () => Promise.reject(new Error('boom'));
  const { get } = await serving(t, { clock: createFakeClock(), metrics: { exposition } });
  assert.equal((await get('/metrics')).status, 500);
  assert.equal((await get('/healthz')).status, 200);
});

test('a port that is taken, or an address that is not ours, is named in the error', async (t) => {
  const clock = createFakeClock();
  const { server } = await serving(t, { clock });
  await assert.rejects(serving(t, { clock, port: server.port }), {
    name: 'HealthPortError',
    message: new RegExp(`127\\.0\\.0\\.1:${server.port}: another process uses it .* choose another port`),
  });
  await assert.rejects(serving(t, { clock, address: '192.0.2.1' }), /192\.0\.2\.1:0: .*EADDRNOTAVAIL/);
});
