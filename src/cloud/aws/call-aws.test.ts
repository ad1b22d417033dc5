import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeClock } from '../../async/testing/fake-clock.ts';
import { runUntilSettled } from '../../async/testing/run-until-settled.ts';
import { silentLog } from '../../telemetry/log.ts';
import { openMetrics } from '../../telemetry/metrics.ts';
import { apiMetrics } from './api-metrics.ts';
import { AwsError } from './aws-error.ts';
import { createCallAws } from './call-aws.ts';

const throttled = () => new AwsError('throttled', 'Rate exceeded', { code: 'ThrottlingException' });
const failed = () => new AwsError('unavailable', 'broken', { code: 'InternalServerError' });

async function setUp() {
  const clock = createFakeClock();
  const metrics = await openMetrics();
  const callAws = createCallAws({
    clock,
    metrics: apiMetrics(metrics, 'efs'),
    random: () => 0,
    log: silentLog,
  });
  const signal = new AbortController().signal;
  /** Fails with each of these in turn, then succeeds. */
  const after = (...errors: AwsError[]) => {
    let sent = 0;
    const send = async () => {
      const error = errors[sent++];
      if (error) throw error;
      return 'done';
    };
    return { send, sent: () => sent };
  };
  return { clock, metrics, callAws, signal, after };
}

test('what was throttled or met a failing server is repeated until it succeeds', async () => {
  const { clock, callAws, signal, after } = await setUp();
  const { send, sent } = after(failed(), throttled(), failed());
  assert.equal(await runUntilSettled(clock, callAws('X', { signal }, send)), 'done');
  assert.equal(sent(), 4);
});

test('a refusal stands at once', async () => {
  const { callAws, signal, after } = await setUp();
  const { send, sent } = after(new AwsError('bad-request', 'no'));
  await assert.rejects(callAws('X', { signal }, send), { kind: 'bad-request' });
  assert.equal(sent(), 1);
});

test('eight attempts are enough', async () => {
  const { clock, callAws, signal, after } = await setUp();
  const { send, sent } = after(...Array.from({ length: 20 }, failed));
  await assert.rejects(runUntilSettled(clock, callAws('X', { signal }, send)), { kind: 'unavailable' });
  assert.equal(sent(), 8);
});

test('a wait that would end after the deadline is not begun: the last failure is told at once', async () => {
  const { clock, callAws, signal, after } = await setUp();
  const { send, sent } = after(throttled(), throttled());
  const deadline = clock.now() + 100;
  await assert.rejects(callAws('X', { signal, deadline }, send), { kind: 'throttled' });
  assert.equal(sent(), 1);
});

test('a caller that leaves while it waits is let go', async () => {
  const { callAws, after } = await setUp();
  const caller = new AbortController();
  const work = callAws('X', { signal: caller.signal }, after(throttled()).send);
  setImmediate(() => caller.abort());
  await assert.rejects(work, { kind: 'aborted' });
});

test('each attempt is counted under upstream’s names, throttles apart from errors', async () => {
  const { clock, metrics, callAws, signal, after } = await setUp();
  await runUntilSettled(clock, callAws('CreateAccessPoint', { signal }, after(throttled(), failed()).send));
  const { body } = await metrics.exposition();
  for (const line of [
    'aws_efs_csi_api_request_throttles_total{request="CreateAccessPoint",service="efs"} 1',
    'aws_efs_csi_api_request_errors_total{request="CreateAccessPoint",service="efs",code="InternalServerError"} 1',
    'aws_efs_csi_api_request_duration_seconds_count{request="CreateAccessPoint",service="efs"} 3',
  ]) {
    assert.ok(body.split('\n').includes(line), `${line}\nin\n${body}`);
  }
});
