import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { JsonSchema } from '../resources/resource-definition.ts';
import { fieldErrorMessage } from '../validation/field-error.ts';
import { pruneCustom, setCustomDefaults, validateCustom } from './custom-schema.ts';

const schema: JsonSchema = {
  type: 'object',
  required: ['spec'],
  properties: {
    spec: {
      type: 'object',
      properties: {
        mode: { type: 'string', enum: ['a', 'b'], default: 'a' },
        size: { type: 'integer', minimum: 1 },
        port: { 'x-kubernetes-int-or-string': true },
        name: { type: 'string', pattern: '^[a-z]+$', maxLength: 3 },
        items: {
          type: 'array',
          maxItems: 1,
          items: { type: 'object', properties: { id: { type: 'string' } } },
        },
        labels: { type: 'object', additionalProperties: { type: 'string' } },
        free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
      },
    },
  },
};

const findings = (object: object) => validateCustom(schema, object).map(fieldErrorMessage);

describe('custom resources', () => {
  test('fields that the schema does not have are dropped, except where it keeps them', () => {
    const { value, unknownFields } = pruneCustom(schema, {
      apiVersion: 'x/v1',
      kind: 'X',
      metadata: { name: 'x' },
      spec: {
        mode: 'a',
        nope: 1,
        items: [{ id: 'i', no: 1 }],
        free: { anything: { at: 'all' } },
        labels: { k: 'v' },
      },
    });
    assert.deepEqual(value.spec, {
      mode: 'a',
      items: [{ id: 'i' }],
      free: { anything: { at: 'all' } },
      labels: { k: 'v' },
    });
    assert.deepEqual(unknownFields, ['spec.nope', 'spec.items[0].no']);
  });

  test('defaults fill what is absent', () => {
    const object = { spec: {} };
    setCustomDefaults(schema, object);
    assert.deepEqual(object, { spec: { mode: 'a' } });
  });

  test('findings name field, value and what is allowed', () => {
    assert.deepEqual(findings({}), ['spec: Required value']);
    assert.deepEqual(findings({ spec: { mode: 'c' } }), [
      'spec.mode: Unsupported value: "c": supported values: "a", "b"',
    ]);
    assert.deepEqual(findings({ spec: { size: 0 } }), [
      'spec.size: Invalid value: 0: spec.size in body should be greater than or equal to 1',
    ]);
    assert.deepEqual(findings({ spec: { size: 'x' } }), [
      'spec.size: Invalid value: "string": spec.size in body must be of type integer: "string"',
    ]);
    assert.deepEqual(findings({ spec: { name: 'ABCD' } }).length, 1);
    assert.deepEqual(findings({ spec: { port: 'http' } }), []);
    assert.deepEqual(findings({ spec: { port: 1.5 } }).length, 1);
    assert.deepEqual(findings({ spec: { items: [{ id: 1 }] } }), [
      'spec.items[0].id: Invalid value: "integer": spec.items[0].id in body must be of type string: "integer"',
    ]);
  });
});
