import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CsiError, csiErrorCodes } from '../csi/errors.ts';
import { createErrorClass, errorText, expandErrorClass } from './error-class.ts';
import { Refusal } from './refusal.ts';

const codesOf = (of: (error: unknown) => string, kind: string) =>
  csiErrorCodes.filter((code) => of(new CsiError(code, '')) === kind);

test('while a volume may exist its creation is carried on', () => {
  assert.deepEqual(codesOf(createErrorClass, 'in-progress'), [
    'resource-exhausted',
    'aborted',
    'unavailable',
    'deadline-exceeded',
  ]);
  assert.equal(createErrorClass(new TypeError('a fault of ours, outcome unknown')), 'in-progress');
});

test('where the cloud has said that nothing exists, nobody is bound to go on', () => {
  const full = new CsiError('resource-exhausted', 'the subnet is full', { nothingExists: true });
  assert.equal(createErrorClass(full), 'final');
});

test('what the request itself makes impossible is asked for again only seldom', () => {
  assert.deepEqual(codesOf(createErrorClass, 'infeasible'), ['invalid-argument', 'out-of-range']);
  assert.deepEqual(codesOf(expandErrorClass, 'infeasible'), [
    'invalid-argument',
    'not-found',
    'out-of-range',
    'unimplemented',
  ]);
  assert.equal(createErrorClass(new Refusal('no')), 'infeasible');
});

test("an error reads as from gRPC's Go library", () => {
  assert.equal(
    errorText(new CsiError('deadline-exceeded', 'x')),
    'rpc error: code = DeadlineExceeded desc = x',
  );
  assert.equal(errorText(new CsiError('internal', 'y')), 'rpc error: code = Internal desc = y');
  assert.equal(errorText(new Refusal('claim Selector is not supported')), 'claim Selector is not supported');
});
