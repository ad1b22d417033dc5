import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { ArmResponse } from './arm-client.ts';
import { type Operation, operationOf, pollOperation, readOperation } from './long-running.ts';
import { armClientFor, createAzureTestBed } from './testing/azure-test-bed.ts';
import { createEagerClock } from './testing/eager-clock.ts';
import { type ScriptedAnswer, startScriptedServer } from './testing/scripted-server.ts';

const bed = await createAzureTestBed();
after(() => bed[Symbol.asyncDispose]());

const now = Date.UTC(2026, 0, 1);
const monitor: Operation = { style: 'monitor', url: 'https://arm/operations/1' };
const result: Operation = { style: 'result', url: 'https://arm/results/1' };
const response = (status: number, body?: unknown, headers: Record<string, string> = {}): ArmResponse => ({
  status,
  body,
  header: (name) => headers[name],
});

test('Azure-AsyncOperation goes before Location, and a Location of a finished request is no operation', () => {
  const both = { 'azure-asyncoperation': 'https://arm/o', location: 'https://arm/l' };
  assert.deepEqual(operationOf(response(202, undefined, both)), { style: 'monitor', url: 'https://arm/o' });
  const location = { location: 'https://arm/l' };
  assert.deepEqual(operationOf(response(202, undefined, location)), {
    style: 'result',
    url: 'https://arm/l',
  });
  assert.equal(operationOf(response(201, {}, location)), undefined);
  assert.equal(operationOf(response(200, { properties: { provisioningState: 'Creating' } })), undefined);
});

test('a monitor that runs tells its status, its percentage and when to come back', () => {
  const poll = response(200, { status: 'InProgress', percentComplete: 42.5 }, { 'retry-after': '10' });
  assert.deepEqual(readOperation(monitor, poll, now), {
    type: 'running',
    status: 'InProgress',
    percent: 42.5,
    retryAfterMs: 10_000,
    operation: monitor,
  });
});

test('a percentage that a service does not report is not invented', () => {
  const state = readOperation(monitor, response(200, { status: 'Accepted' }), now);
  assert.equal(state.type === 'running' && state.percent, undefined);
});

test('an operation may move', () => {
  const moved = { 'azure-asyncoperation': 'https://arm/operations/2' };
  const state = readOperation(monitor, response(200, { status: 'Running' }, moved), now);
  assert.equal(state.type === 'running' && state.operation.url, 'https://arm/operations/2');
});

test('the end of a monitor is read without regard to case', () => {
  assert.equal(readOperation(monitor, response(200, { status: 'succeeded' }), now).type, 'succeeded');
  for (const status of ['Failed', 'Canceled', 'Cancelled'])
    assert.equal(readOperation(monitor, response(200, { status }), now).type, 'failed', status);
});

test('a failure carries the code of the operation', () => {
  for (const code of ['CreateTimeout', 'InternalExecutionError', 'AscInternalError', 'DeploymentFailed']) {
    const state = readOperation(
      monitor,
      response(200, { status: 'Failed', error: { code, message: 'm' } }),
      now,
    );
    assert.equal(state.type === 'failed' && state.error.code, code);
    assert.equal(state.type === 'failed' && state.error.kind, 'server');
  }
});

test('a result URL runs while it answers 202, and ends with 200 or 204', () => {
  assert.equal(readOperation(result, response(202), now).type, 'running');
  assert.equal(readOperation(result, response(204), now).type, 'succeeded');
  const body = (provisioningState: string) => response(200, { properties: { provisioningState } });
  assert.equal(readOperation(result, body('Succeeded'), now).type, 'succeeded');
  assert.equal(readOperation(result, body('Creating'), now).type, 'running');
  assert.equal(readOperation(result, body('Failed'), now).type, 'failed');
});

for (const style of ['monitor', 'result'] as const) {
  test(`an operation with a ${style} URL is followed over the wire to its end`, async () => {
    const running: ScriptedAnswer =
      style === 'monitor'
        ? { status: 200, body: { status: 'InProgress' }, headers: { 'retry-after': '1' } }
        : { status: 202, headers: { 'retry-after': '1' } };
    const ended: ScriptedAnswer =
      style === 'monitor' ? { status: 200, body: { status: 'Succeeded' } } : { status: 204 };
    await using server = await startScriptedServer([running, { status: 503 }, running, ended], bed);
    const clock = createEagerClock();
    const client = await armClientFor({ endpoint: server.origin, clock, caFile: bed.caFile });
    const operation: Operation = { style, url: `${server.origin}/operation/1?api-version=x` };
    const seen: string[] = [];
    for (let polls = 0; polls < 3; polls++) {
      seen.push((await pollOperation(client, operation, clock.now(), new AbortController().signal)).type);
    }
    assert.deepEqual(seen, ['running', 'running', 'succeeded']);
    assert.ok(server.requests.every(({ path }) => path === '/operation/1?api-version=x'));
  });
}
