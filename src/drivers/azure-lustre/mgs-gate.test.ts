import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeClock } from '../../async/testing/fake-clock.ts';
import { CsiError } from '../../csi/errors.ts';
import { createMgsGate } from './mgs-gate.ts';

const open = new AbortController().signal;
type Dial = (host: string, port: number, signal: AbortSignal) => Promise<void>;

function setUp(dial: Dial) {
  const clock = createFakeClock();
  const dialed: string[] = [];
  const gate = createMgsGate({
    clock,
    lnetPort: 988,
    dial: (host, port, signal) => {
      dialed.push(`${host}:${port}`);
      return dial(host, port, signal);
    },
  });
  return { clock, dialed, gate };
}
const silence: Dial = (_host, _port, signal) =>
  new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
const refusing: Dial = async () => {
  throw Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
};
const saying = (text: RegExp, code: string) => (error: unknown) => {
  assert.ok(error instanceof CsiError);
  assert.equal(error.code, code);
  assert.match(error.message, text);
  return true;
};

test('an MGS that answers is trusted for 20 seconds', async () => {
  const { gate, clock, dialed } = setUp(async () => {});
  await gate('10.0.0.4', open);
  await clock.advance(19_999);
  await gate('10.0.0.4', open);
  assert.deepEqual(dialed, ['10.0.0.4:988']);
  await gate('10.0.0.5', open);
  await clock.advance(1);
  await gate('10.0.0.4', open);
  assert.deepEqual(dialed, ['10.0.0.4:988', '10.0.0.5:988', '10.0.0.4:988']);
  assert.deepEqual(clock.pending(), [], 'no timer is left');
});

test('an MGS that does not answer in 5 seconds is refused with what to check', async () => {
  const { gate, clock } = setUp(silence);
  const refused = assert.rejects(
    gate('10.0.0.4', open),
    saying(
      /^MGS IP address "10\.0\.0\.4" is not reachable; verify the cluster IP address\. no TCP answer in 5 s on port 988: allow inbound TCP 988 .* peered/,
      'failed-precondition',
    ),
  );
  await clock.advance(5_000);
  await refused;
});

test('a refused connection is told at once, and tried again the next time', async () => {
  const { gate, dialed } = setUp(refusing);
  await assert.rejects(gate('10.0.0.4', open), saying(/ECONNREFUSED on port 988/, 'failed-precondition'));
  await assert.rejects(gate('10.0.0.4', open), CsiError);
  assert.equal(dialed.length, 2);
});

test('a caller that runs out of time gets an answer that is retried', async () => {
  const { gate } = setUp(silence);
  const end = new AbortController();
  const waiting = assert.rejects(gate('10.0.0.4', end.signal), saying(/no time left/, 'deadline-exceeded'));
  end.abort(new Error('deadline'));
  await waiting;
});
