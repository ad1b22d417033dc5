import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readParameterKeys } from './parameter-keys.ts';

const first = (parameters: Record<string, string>) => readParameterKeys(parameters).refusals[0];

test('keys compare without case and have aliases', () => {
  const { values, refusals } = readParameterKeys({
    'SKU-Name': 'a',
    zones: '1',
    'resource-group': 'rg',
    ___location: 'eastus',
  });
  assert.deepEqual(Object.fromEntries(values), {
    'sku-name': 'a',
    zone: '1',
    'resource-group-name': 'rg',
    location: 'eastus',
  });
  assert.deepEqual(refusals, []);
});

test("the provisioner's own keys pass", () => {
  assert.equal(
    first({
      'csi.storage.k8s.io/pvc/name': 'a',
      'csi.storage.k8s.io/pvc/namespace': 'b',
      'csi.storage.k8s.io/pv/name': 'c',
    }),
    undefined,
  );
});

test('unknown keys are refused with the upstream text and a list of what is allowed', () => {
  const refusal = first({ skuname: 'x', encryption: 'on', zone: '1' });
  assert.equal(refusal?.message, 'Invalid parameter(s) {skuname = x, encryption = on} in storage class');
  assert.equal(refusal?.field, 'parameters.skuname');
  assert.match(refusal?.fix ?? '', /did you mean sku-name instead of skuname\? allowed are sku-name, zone, /);
});

test('two spellings of one key are one parameter: equal values pass, different ones are refused', () => {
  assert.equal(first({ zone: '1', zones: '1' }), undefined);
  assert.match(
    first({ 'resource-group': 'a', 'resource-group-name': 'b' })?.message ?? '',
    /resource-group and resource-group-name are one parameter with two values, 'a' and 'b'/,
  );
});
