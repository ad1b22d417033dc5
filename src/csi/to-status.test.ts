import assert from 'node:assert/strict';
import { test } from 'node:test';
import { status } from '@grpc/grpc-js';
import { callerLeft, deadlinePassed, stopping } from './abort-reasons.ts';
import { CsiError, csiErrorCodes } from './errors.ts';
import { statusName, toCsiError, toStatus } from './to-status.ts';

const alive = new AbortController().signal;

test("each code is the gRPC library's code of that name, and is spelled as Go spells it", () => {
  for (const code of csiErrorCodes) {
    const name = code.toUpperCase().replaceAll('-', '_') as keyof typeof status;
    assert.deepEqual(toStatus(new CsiError(code, 'words')), { code: status[name], details: 'words' });
  }
  assert.equal(statusName('ok'), 'OK');
  assert.equal(statusName('failed-precondition'), 'FailedPrecondition');
});

test('a refusal passes as it is, even after the call ended', () => {
  const refusal = new CsiError('not-found', 'no such volume');
  assert.equal(toCsiError(refusal, 'DeleteVolume', alive), refusal);
  assert.equal(toCsiError(refusal, 'DeleteVolume', AbortSignal.abort(stopping())), refusal);
});

test('what fails because the call ended is told by why it ended', () => {
  for (const reason of [deadlinePassed(), callerLeft(), stopping()]) {
    const error = toCsiError(new Error('socket hang up'), 'CreateVolume', AbortSignal.abort(reason));
    assert.equal(error.code, reason.code);
    assert.equal(error.message, reason.message);
  }
  assert.equal(toCsiError(new Error('x'), 'CreateVolume', AbortSignal.abort()).code, 'aborted');
});

test('a fault of ours keeps its text from the caller and as the cause for the log', () => {
  const fault = new TypeError('mount -o password=hunter2 failed');
  const error = toCsiError(fault, 'NodePublishVolume', alive);
  assert.equal(error.code, 'internal');
  assert.equal(
    error.message,
    "NodePublishVolume failed unexpectedly (TypeError); the plugin's log says more",
  );
  assert.equal(error.cause, fault);
  assert.equal(toCsiError('text', 'Probe', alive).code, 'internal');
});
