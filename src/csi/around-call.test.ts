import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeClock } from '../async/testing/fake-clock.ts';
import { openMetrics } from '../telemetry/metrics.ts';
import { createRecordingLog } from '../telemetry/testing/recording-log.ts';
import { createAroundCall, type RpcSpec } from './around-call.ts';
import { CsiError } from './errors.ts';
import { noProgress } from './progress.ts';
import { patient } from './testing/csi-requests.ts';

interface Request {
  readonly volumeId: string;
}

async function harness(service: 'Controller' | 'Node' = 'Controller') {
  const clock = createFakeClock();
  const log = createRecordingLog();
  const metrics = await openMetrics();
  const aroundCall = createAroundCall(service, { driverName: 'd', clock, log, metrics }, noProgress);
  const rpc = (spec: Partial<RpcSpec<Request, object>>) =>
    aroundCall<Request, object>({
      name: 'DeleteVolume',
      checks: [],
      lockKeys: ({ volumeId }) => [volumeId],
      handle: () => ({}),
      ...spec,
    });
  return { clock, log, metrics, rpc };
}

/** A handler that a test ends when it likes. */
function gate() {
  const { promise, resolve } = Promise.withResolvers<object>();
  return { handle: () => promise, open: () => resolve({}) };
}

test('a second call on a busy volume is turned away at once, and the next one after it gets in', async () => {
  const { rpc } = await harness();
  const slow = gate();
  const call = rpc({ handle: slow.handle });
  const first = call({ volumeId: 'v' }, patient());
  await assert.rejects(call({ volumeId: 'v' }, patient()), {
    code: 'aborted',
    message: 'An operation with the given Volume ID v already exists',
  });
  slow.open();
  await first;
  await call({ volumeId: 'v' }, patient());
});

test('different RPCs of a service share their locks', async () => {
  const { rpc } = await harness();
  const slow = gate();
  const first = rpc({ handle: slow.handle })({ volumeId: 'v' }, patient());
  await assert.rejects(rpc({ name: 'ControllerExpandVolume' })({ volumeId: 'v' }, patient()), {
    code: 'aborted',
  });
  await rpc({ name: 'ControllerGetVolume', lockKeys: () => [] })({ volumeId: 'v' }, patient());
  slow.open();
  await first;
});

test('a volume stays locked until the work has ended, also when its caller has gone', async () => {
  const { rpc } = await harness();
  const slow = gate();
  const call = rpc({ handle: slow.handle });
  const caller = new AbortController();
  const first = call({ volumeId: 'v' }, patient({ signal: caller.signal }));
  caller.abort();
  await assert.rejects(call({ volumeId: 'v' }, patient()), { code: 'aborted' });
  slow.open();
  await first;
});

test('a request that is refused takes no lock and reaches no handler', async () => {
  const { rpc } = await harness();
  const call = rpc({
    checks: [() => 'no', () => assert.fail('a later check ran')],
    lockKeys: () => assert.fail('locked'),
    handle: () => assert.fail('handled'),
  });
  await assert.rejects(call({ volumeId: 'v' }, patient()), { code: 'invalid-argument', message: 'no' });
});

test("at the caller's deadline the handler is told to stop and the caller why", async () => {
  const { rpc, clock } = await harness();
  const call = rpc({ handle: (_request, { signal }) => clock.sleep(60_000, signal).then(() => ({})) });
  const outcome = assert.rejects(call({ volumeId: 'v' }, patient({ deadline: clock.now() + 5000 })), {
    code: 'deadline-exceeded',
  });
  await clock.advance(5000);
  await outcome;
  assert.deepEqual(clock.pending(), []);
});

test('a call whose caller is gone already does nothing', async () => {
  const { rpc } = await harness();
  const call = rpc({ handle: () => assert.fail('handled') });
  await assert.rejects(call({ volumeId: 'v' }, patient({ signal: AbortSignal.abort() })), {
    code: 'aborted',
  });
});

test('a call is logged when it comes and when it ends, without secrets', async () => {
  const { rpc, log, clock } = await harness();
  const call = rpc({ handle: () => clock.sleep(250).then(() => ({})) });
  const done = call({ volumeId: 'v', ...{ secrets: { password: 'hunter2' } } }, patient());
  await clock.advance(250);
  await done;
  assert.deepEqual(log.lines, [
    {
      level: 'info',
      message: 'called',
      fields: { rpc: 'DeleteVolume', request: { volumeId: 'v', secrets: '***stripped***' } },
    },
    {
      level: 'info',
      message: 'done',
      fields: { rpc: 'DeleteVolume', volume: 'v', code: 'OK', elapsedMs: 250 },
    },
  ]);
});

test('a call of the node is one line, which says what was asked, without secrets, and what came of it', async () => {
  const { rpc, log } = await harness('Node');
  const name = 'NodePublishVolume';
  await rpc({ name })({ volumeId: 'v', ...{ secrets: { password: 'hunter2' } } }, patient());
  const refused = rpc({ name, handle: () => Promise.reject(new CsiError('not-found', 'gone')) });
  await assert.rejects(refused({ volumeId: 'v' }, patient()));
  const told = log.lines.filter(({ level }) => level !== 'debug');
  assert.deepEqual(
    told.map(({ level, fields }) => ({ level, ...fields, err: undefined })),
    [
      {
        level: 'info',
        rpc: name,
        volume: 'v',
        request: { volumeId: 'v', secrets: '***stripped***' },
        code: 'OK',
        elapsedMs: 0,
        err: undefined,
      },
      {
        level: 'warn',
        rpc: name,
        volume: 'v',
        request: { volumeId: 'v' },
        code: 'NotFound',
        elapsedMs: 0,
        err: undefined,
      },
    ],
  );
});

test('refusals are warnings, faults of ours are errors with their cause, probes are quiet', async () => {
  const { rpc, log } = await harness();
  const levels = () => log.lines.map(({ level }) => level);
  const refusal = new CsiError('not-found', 'gone');
  await assert.rejects(rpc({ handle: () => Promise.reject(refusal) })({ volumeId: 'v' }, patient()), refusal);
  assert.deepEqual(levels(), ['info', 'warn']);
  await assert.rejects(
    rpc({ handle: () => Promise.reject(new TypeError('the real reason')) })({ volumeId: 'v' }, patient()),
    { code: 'internal' },
  );
  assert.deepEqual(levels(), ['info', 'warn', 'info', 'error']);
  assert.match(log.text(), /the real reason/);
  await rpc({ name: 'NodeGetVolumeStats' })({ volumeId: 'v' }, patient());
  assert.deepEqual(levels().slice(4), ['debug', 'debug']);
});

test('every call is measured under its method and the code it ended with', async () => {
  const { rpc, metrics } = await harness();
  await rpc({})({ volumeId: 'v' }, patient());
  await assert.rejects(rpc({ checks: [() => 'no'] })({ volumeId: 'v' }, patient()));
  const { body } = await metrics.exposition();
  for (const code of ['OK', 'InvalidArgument']) {
    assert.match(
      body,
      new RegExp(
        `csi_plugin_operations_seconds_count\\{driver_name="d",method_name="/csi.v1.Controller/DeleteVolume",grpc_status_code="${code}"\\} 1`,
      ),
    );
  }
});
