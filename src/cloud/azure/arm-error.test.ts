import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { armError, operationError, parseArmError } from './arm-error.ts';

const body = (code: string, message = 'words') => ({ error: { code, message } });

test('the kind follows the status', () => {
  const kinds = [400, 401, 403, 404, 408, 409, 412, 422, 429, 500, 503].map(
    (status) => armError('GET /x', status, body('Some')).kind,
  );
  assert.deepEqual(kinds, [
    'bad-request',
    'unauthenticated',
    'forbidden',
    'not-found',
    'server',
    'conflict',
    'conflict',
    'bad-request',
    'throttled',
    'server',
    'server',
  ]);
});

test('a quota is known by its code at any depth, and by the words of the one code that is shared', () => {
  assert.equal(armError('PUT /x', 400, body('QuotaExceeded')).kind, 'quota-exceeded');
  const nested = {
    error: { code: 'DeploymentFailed', message: '', details: [{ code: 'QuotaExceeded', message: 'full' }] },
  };
  assert.equal(armError('PUT /x', 409, nested).kind, 'quota-exceeded');
  const words =
    'Operation results in exceeding quota limits of resource type AmlFilesystem. Maximum allowed: 4, Current in use: 4, Additional requested: 1.';
  assert.equal(armError('PUT /x', 409, body('OperationNotAllowed', words)).kind, 'quota-exceeded');
  assert.equal(armError('PUT /x', 409, body('OperationNotAllowed', 'being deleted')).kind, 'conflict');
});

test('the message holds the words of every level once; code and status stand beside it', () => {
  const error = armError('PUT /x', 400, {
    error: {
      code: 'InvalidParameter',
      message: 'outer',
      details: [
        { code: 'A', message: 'inner' },
        { code: 'B', message: 'outer' },
      ],
      innererror: { code: 'C', message: 'innermost', innererror: { code: 'D' } },
    },
  });
  assert.equal(error.message, 'outer; inner; innermost');
  assert.equal(error.code, 'InvalidParameter');
  assert.equal(error.status, 400);
});

test('an error without the envelope is read as well', () => {
  assert.deepEqual(parseArmError({ code: 'Bare', message: 'words' }), {
    code: 'Bare',
    message: 'words',
    innerCodes: [],
  });
});

test('an operation that ended badly has its own code, or the outcome where it names none', () => {
  const timedOut = operationError('Failed', body('CreateTimeout', 'took too long'));
  assert.deepEqual([timedOut.kind, timedOut.code, timedOut.status], ['server', 'CreateTimeout', undefined]);
  assert.equal(timedOut.message, 'took too long');
  assert.equal(operationError('Canceled', undefined).code, 'Canceled');
});

test('no body, however odd, keeps the error from being told', () => {
  fc.assert(
    fc.property(fc.integer({ min: 300, max: 599 }), fc.jsonValue(), (status, odd) => {
      const error = armError('GET /x', status, odd);
      assert.equal(error.status, status);
      assert.notEqual(error.message, '');
    }),
  );
});
