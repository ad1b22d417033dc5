import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { FaultRefusal, parseFault } from '../../faults/parse-fault.ts';
import { faultKinds } from './fault-kinds.ts';

const message = (input: unknown): string => {
  try {
    parseFault(faultKinds, 'f1', input);
  } catch (error) {
    assert.ok(error instanceof FaultRefusal, String(error));
    return error.message;
  }
  throw new Error('it was accepted');
};

test('a fault gets its defaults, and numbers may come as text', () => {
  assert.deepEqual(parseFault(faultKinds, 'f1', { kind: 'throttle' }), {
    id: 'f1',
    kind: 'throttle',
    parameters: { retryAfterSeconds: 1 },
    match: {},
    remaining: 1,
  });
  const fault = parseFault(faultKinds, 'f1', {
    kind: 'server-error',
    parameters: { status: '500', times: '3' },
    match: { method: 'PUT', name: 'pvc-*' },
  });
  assert.deepEqual([fault.parameters, fault.remaining], [{ status: 500 }, 3]);
});

test('a fault with a rate or a lifetime holds until it is cleared', () => {
  assert.equal(
    parseFault(faultKinds, 'f1', { kind: 'throttle', parameters: { rate: 0.5 } }).remaining,
    undefined,
  );
  assert.equal(
    parseFault(faultKinds, 'f1', { kind: 'expire-token', parameters: { lifetimeSeconds: 60 } }).remaining,
    undefined,
  );
});

for (const [what, input, wanted] of [
  [
    'an unknown kind',
    { kind: 'throtle' },
    /unknown fault "throtle" \(did you mean throttle\?\); there are: throttle, /,
  ],
  ['no kind', {}, /unknown fault null; there are: /],
  [
    'an unknown parameter',
    { kind: 'slow', parameters: { milisecond: 1 } },
    /did you mean milliseconds\?.*times/,
  ],
  [
    'a number out of range',
    { kind: 'slow', parameters: { milliseconds: 0 } },
    /milliseconds must be a whole number from 1 to 3600000, not 0/,
  ],
  ['half a time', { kind: 'throttle', parameters: { times: 1.5 } }, /times must be a whole number from 1/],
  ['an empty text', { kind: 'throttle', parameters: { times: '' } }, /times must be a whole number/],
  [
    'a status that is no error',
    { kind: 'server-error', parameters: { status: 200 } },
    /status must be 500, 502, 503, 504, not 200/,
  ],
  [
    'an unknown operation',
    { kind: 'lro-failure', parameters: { operation: 'make' } },
    /operation must be create, update, delete, expand/,
  ],
  [
    'a code with a space',
    { kind: 'lro-failure', parameters: { code: 'no code' } },
    /code must be a name such as CreateTimeout/,
  ],
  [
    'a rate above one',
    { kind: 'lose-response', parameters: { rate: 2 } },
    /rate must be a number from 0 to 1/,
  ],
  [
    'an unknown match',
    { kind: 'throttle', match: { url: '/x' } },
    /match: unknown "url"; there are: method, path, name/,
  ],
  [
    'a method that is none',
    { kind: 'throttle', match: { method: 'FETCH' } },
    /must be one of GET, .*, not FETCH/,
  ],
  ['an empty name', { kind: 'throttle', match: { name: '' } }, /match.name must be a text/],
  ['a match for subnets', { kind: 'subnet-full', match: { name: 'x' } }, /takes subnet instead of match/],
  ['a list', [], /must be an object with kind, parameters, match/],
] as const) {
  test(`${what} is refused with what is allowed`, () => assert.match(message(input), wanted));
}

test('whatever is sent, it is a fault or a refusal', () => {
  const kinds = fc.constantFrom('throttle', 'lro-failure', 'subnet-full', 'nothing');
  const input = fc.record(
    { kind: kinds, parameters: fc.jsonValue(), match: fc.jsonValue() },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(input, (fault) => {
      try {
        assert.equal(parseFault(faultKinds, 'f1', fault).id, 'f1');
      } catch (error) {
        assert.ok(error instanceof FaultRefusal);
      }
    }),
  );
});
