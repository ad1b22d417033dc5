import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AzureError, type AzureErrorKind } from '../../cloud/azure/azure-error.ts';
import { CloudConfigError } from '../../cloud/cloud-config-error.ts';
import { CsiError, type CsiErrorCode, retryableCodes } from '../../csi/errors.ts';
import { azureFailure } from './azure-failure.ts';

const attempt = {
  doing: 'CreateVolume error when creating AMLFS x',
  permissions: ['a/read'],
  mayExist: false,
};
const expected: Readonly<Record<AzureErrorKind, CsiErrorCode>> = {
  'bad-request': 'invalid-argument',
  unauthenticated: 'unauthenticated',
  forbidden: 'permission-denied',
  'not-found': 'not-found',
  conflict: 'aborted',
  'quota-exceeded': 'resource-exhausted',
  throttled: 'unavailable',
  server: 'unavailable',
  'no-answer': 'unavailable',
  aborted: 'deadline-exceeded',
};
const kinds = Object.keys(expected) as AzureErrorKind[];

for (const kind of kinds)
  test(`Azure's ${kind} is answered with ${expected[kind]}`, () => {
    const cause = new AzureError(kind, 'GET /x: Code (HTTP 4xx): words');
    const error = azureFailure(cause, attempt);
    assert.equal(error.code, expected[kind]);
    assert.ok(error.message.startsWith(`${attempt.doing}: GET /x: Code (HTTP 4xx): words`));
    assert.equal(error.cause, cause);
  });

test('while a volume may exist only codes that are retried leave', () => {
  const failures = [
    ...kinds.map((kind) => new AzureError(kind, 'm')),
    new Error('m'),
    new CsiError('internal', 'm'),
  ];
  for (const failure of failures)
    assert.ok(retryableCodes.has(azureFailure(failure, { ...attempt, mayExist: true }).code));
});

test('a refusal of permission names what to grant', () => {
  assert.match(azureFailure(new AzureError('forbidden', 'm'), attempt).message, /needs a\/read/);
});

test('a setting that cannot be used is named, and what a library says is kept for the log', () => {
  const config = azureFailure(new CloudConfigError('/etc/kubernetes/azure.json', 'no tenantId'), attempt);
  assert.equal(config.code, 'failed-precondition');
  assert.match(config.message, /azure\.json: no tenantId/);
  assert.doesNotMatch(azureFailure(new Error('password=hunter2'), attempt).message, /hunter2/);
});

test('an error of our own passes with its code, anything else is internal', () => {
  assert.equal(azureFailure(new CsiError('not-found', 'm'), attempt).code, 'not-found');
  assert.equal(azureFailure(new TypeError('m'), attempt).code, 'internal');
});
