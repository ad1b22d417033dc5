import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeClock } from '../async/testing/fake-clock.ts';
import type { dial } from './dial.ts';
import { missingTcpAnswer } from './missing-tcp-answer.ts';

const never = new AbortController().signal;
const silent: typeof dial = (_host, _port, signal) =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));

test('a server that answers is not missing', async () => {
  const ports = { clock: createFakeClock(), dial: async () => {} };
  assert.equal(await missingTcpAnswer(ports, '10.0.0.4', 988, never), undefined);
  assert.deepEqual(ports.clock.pending(), []);
});

test('a server that is silent for five seconds is missing', async () => {
  const clock = createFakeClock();
  const asked = missingTcpAnswer({ clock, dial: silent }, '10.0.0.4', 988, never);
  await clock.advance(5_000);
  assert.equal((await asked)?.heard, 'no TCP answer in 5 s');
});

test('a refused connection is told by its system error', async () => {
  const refused = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
  const ports = { clock: createFakeClock(), dial: () => Promise.reject(refused) };
  assert.deepEqual(await missingTcpAnswer(ports, '10.0.0.4', 988, never), {
    heard: 'ECONNREFUSED',
    cause: refused,
  });
});

test('who stops waiting gets the reason back', async () => {
  const caller = new AbortController();
  const asked = missingTcpAnswer({ clock: createFakeClock(), dial: silent }, '::1', 2049, caller.signal);
  caller.abort(new Error('enough'));
  await assert.rejects(asked, /enough/);
});
