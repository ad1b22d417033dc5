import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { awsFailure } from './aws-failure.ts';

const signal = new AbortController().signal;

/** What the SDK throws for an answer of the service. */
function answered(name: string, status: number, members: object = {}, message = 'words of AWS') {
  return Object.assign(new Error(message), {
    name,
    $metadata: { httpStatusCode: status, requestId: 'r-1' },
    ...members,
  });
}

for (const [name, status, kind] of [
  ['AccessPointLimitExceeded', 403, 'access-point-limit'],
  ['AccessPointNotFound', 404, 'access-point-not-found'],
  ['FileSystemNotFound', 404, 'file-system-not-found'],
  ['IncorrectFileSystemLifeCycleState', 409, 'incorrect-life-cycle-state'],
  ['ThrottlingException', 400, 'throttled'],
  ['ThrottlingException', 429, 'throttled'],
  ['AccessDeniedException', 403, 'denied'],
  ['ExpiredTokenException', 403, 'credentials'],
  ['BadRequest', 400, 'bad-request'],
  ['InternalServerError', 500, 'unavailable'],
  ['SomethingNew', 503, 'unavailable'],
  ['SomethingNew', 400, 'bad-request'],
  ['SomethingNew', 418, 'unexpected'],
  ['toString', 404, 'unexpected'],
] as const) {
  test(`${name} with status ${status} is ${kind}`, () => {
    const error = awsFailure('CreateAccessPoint', answered(name, status), signal);
    assert.deepEqual([error.kind, error.code, error.status], [kind, name, status]);
  });
}

test('a repeated client token tells which access point was made with it', () => {
  const thrown = answered('AccessPointAlreadyExists', 409, { AccessPointId: 'fsap-1' });
  const error = awsFailure('CreateAccessPoint', thrown, signal);
  assert.deepEqual([error.kind, error.accessPointId], ['access-point-already-exists', 'fsap-1']);
});

test('no answer is told with what to check, and a certificate with its own advice', () => {
  const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
  assert.match(awsFailure('X', refused, signal).message, /ECONNREFUSED.*firewall/);
  const untrusted = Object.assign(new Error('self-signed'), { code: 'SELF_SIGNED_CERT_IN_CHAIN' });
  assert.match(awsFailure('X', untrusted, signal).message, /AWS_CA_BUNDLE/);
});

test('a refused signature leaves neither the token nor the signature in the error', () => {
  const message = 'The Canonical String should have been\nx-amz-security-token:SECRET-TOKEN';
  const thrown = answered(
    'InvalidSignatureException',
    403,
    { $response: { headers: 'SECRET-TOKEN' } },
    message,
  );
  const error = awsFailure('X', thrown, signal);
  assert.doesNotMatch(inspect(error, { depth: 9 }), /SECRET-TOKEN/);
  assert.match(error.message, /InvalidSignatureException.*clock/);
});

test('what ends after the caller left is aborted, whatever it is', () => {
  assert.equal(awsFailure('X', answered('BadRequest', 400), AbortSignal.abort()).kind, 'aborted');
});

test('a clock that is wrong is worth a repetition once the SDK knows the right time', () => {
  const thrown = answered('InvalidSignatureException', 403);
  Object.assign(thrown.$metadata, { clockSkewCorrected: true });
  assert.equal(awsFailure('X', thrown, signal).kind, 'unavailable');
});
