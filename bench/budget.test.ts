import assert from 'node:assert/strict';
import { test } from 'node:test';
import { atLeast, atMost, budgetTable } from './budget.ts';

test('a budget is met on its own side of the limit and on the limit itself', () => {
  assert.deepEqual(
    [
      atLeast('rate', 10, 10),
      atLeast('rate', 9.99, 10),
      atMost('memory', 10, 10),
      atMost('memory', 10.01, 10),
    ].map(({ met }) => met),
    [true, false, true, false],
  );
});

test('the table names what was missed, its value and its limit', () => {
  assert.equal(
    budgetTable([atMost('memory, MiB', 104.4, 100), atLeast('rate', 1, 0.9)]),
    'MISSED  memory, MiB  104  (≤ 100)\nmet     rate         1    (≥ 0.9)',
  );
});
