import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeClock } from '../../../async/testing/fake-clock.ts';
import { CsiError } from '../../../csi/errors.ts';
import { ProgramMissingError } from '../../../mount/run-command.ts';
import { createFakeRunCommand } from '../../../mount/testing/fake-run-command.ts';
import { createMgsGate } from './mgs-gate.ts';

const open = new AbortController().signal;
type Dial = (host: string, port: number, signal: AbortSignal) => Promise<void>;

const lnet: Readonly<Record<string, string>> = { '/sys/module/lnet/parameters/accept_port': '988' };

function setUp(
  dial: Dial,
  files = {} as typeof lnet,
  answer: Parameters<typeof createFakeRunCommand>[0] = () => ({}),
) {
  const clock = createFakeClock();
  const lnetctl = createFakeRunCommand(answer);
  const dialed: string[] = [];
  const gate = createMgsGate({
    clock,
    lnetPort: 988,
    run: lnetctl.run,
    readText: (path) => files[path],
    dial: (host, port, signal) => {
      dialed.push(`${host}:${port}`);
      return dial(host, port, signal);
    },
  });
  return { clock, dialed, gate, lnetctl };
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

test('pods that ask at once share one question, and one that leaves does not end it', async () => {
  const answer = Promise.withResolvers<void>();
  const { gate, dialed } = setUp(() => answer.promise);
  const leaves = new AbortController();
  const left = assert.rejects(gate('10.0.0.4', leaves.signal), { code: 'deadline-exceeded' });
  const others = [gate('10.0.0.4', open), gate('10.0.0.4', open)];
  leaves.abort(new Error('gone'));
  await left;
  answer.resolve();
  await Promise.all(others);
  assert.deepEqual(dialed, ['10.0.0.4:988']);
});

test('an MGS that hangs holds up nobody who asks for another', async () => {
  const { gate, clock } = setUp((host, port, signal) =>
    host === '10.0.0.4' ? silence(host, port, signal) : Promise.resolve(),
  );
  const hanging = assert.rejects(gate('10.0.0.4', open), CsiError);
  await gate('10.0.0.5', open);
  await clock.advance(5_000);
  await hanging;
});

test('with LNet loaded the MGS also has to answer its ping', async () => {
  const { gate, lnetctl } = setUp(async () => {}, lnet);
  await gate('10.0.0.4', open);
  assert.deepEqual(lnetctl.lines(), ['lnetctl ping 10.0.0.4@tcp']);
  assert.equal(lnetctl.commands[0]?.timeoutMs, 60_000);
});

test('an MGS that answers TCP and not LNet is refused with what lnetctl says', async () => {
  const failed = {
    exitCode: 1,
    stderr: 'manage:\n  descr: failed to ping 10.0.0.4@tcp: Input/output error\n',
  };
  const { gate } = setUp(
    async () => {},
    lnet,
    ({ args }) => (args[0] === 'ping' ? failed : {}),
  );
  await assert.rejects(
    gate('10.0.0.4', open),
    saying(
      /answers on TCP port 988 but not to LNet .*Input\/output error\): allow TCP 988/,
      'failed-precondition',
    ),
  );
  const hung = setUp(
    async () => {},
    lnet,
    () => ({ timedOut: true }),
  );
  await assert.rejects(hung.gate('10.0.0.4', open), saying(/no answer in 60 s/, 'failed-precondition'));
});

test('tools that are missing or do not work keep no volume from being mounted', async () => {
  const missing = setUp(
    async () => {},
    lnet,
    () => {
      throw new ProgramMissingError('lnetctl');
    },
  );
  await missing.gate('10.0.0.4', open);
  const broken = setUp(
    async () => {},
    lnet,
    () => ({ exitCode: 1, stderr: 'cannot open /dev/lnet' }),
  );
  await broken.gate('10.0.0.4', open);
  const notLoaded = setUp(async () => {});
  await notLoaded.gate('10.0.0.4', open);
  assert.deepEqual(notLoaded.lnetctl.lines(), []);
});
