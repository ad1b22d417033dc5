import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { addAlwaysPresent, storedType, withoutNulls } from './always-present.ts';

function completed(type: string, fields: Record<string, unknown>): Record<string, unknown> {
  addAlwaysPresent(type, fields);
  return fields;
}

describe('fields that are always there', () => {
  test('come with their own such fields, and never in place of a value', () => {
    assert.deepEqual(completed('V1Service', { status: {} }), { spec: {}, status: { loadBalancer: {} } });
    const { nodeInfo } = completed('V1Node', {}).status as { nodeInfo: Record<string, string> };
    assert.equal(nodeInfo.kubeletVersion, '');
    assert.deepEqual(completed('V1PriorityClass', { value: 5 }), { value: 5 });
  });

  test('are added to what a list holds', () => {
    const status = { conditions: [{ type: 'Ready', status: 'True' }] };
    assert.deepEqual(completed('V1PodStatus', status).conditions, [
      { type: 'Ready', status: 'True', lastProbeTime: null, lastTransitionTime: null },
    ]);
  });

  test('a kind without any stays as it is', () => {
    assert.deepEqual(completed('V1ConfigMap', { data: { a: '1' } }), { data: { a: '1' } });
  });

  test('taken away again, only nulls are gone', () => {
    assert.deepEqual(withoutNulls({ a: null, b: [{ c: null, d: 0 }], e: '' }), { b: [{ d: 0 }], e: '' });
  });

  test('an event of either API group is stored as the core one', () => {
    assert.equal(storedType({ storedAs: '/events', type: 'EventsV1Event' }), 'CoreV1Event');
    assert.equal(storedType({ storedAs: '/pods', type: 'V1Pod' }), 'V1Pod');
  });
});
