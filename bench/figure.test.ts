import assert from 'node:assert/strict';
import { test } from 'node:test';
import { budgetsOf, type Figure, figureTable } from './figure.ts';

const publish: Figure = {
  what: 'publish beside 5,000 mounts',
  unit: 'ms',
  value: 12,
  beside: { what: 'without', value: 10 },
  budget: { of: 'ratio', atMost: 1.15 },
};

test('a figure is shown with what was measured beside it, and their ratio', () => {
  assert.equal(figureTable([publish]), 'publish beside 5,000 mounts  12 ms  without: 10  × 1.2');
});

test('a budget of a ratio holds the ratio, not the value', () => {
  assert.deepEqual(budgetsOf([publish]), [
    { what: 'publish beside 5,000 mounts, of without', value: 1.2, limit: '≤ 1.15', met: false },
  ]);
  const rate: Figure = { what: 'probe', unit: 'calls/s', value: 5, budget: { of: 'value', atLeast: 4 } };
  assert.equal(budgetsOf([rate])[0]?.met, true);
});
