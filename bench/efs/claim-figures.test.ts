import assert from 'node:assert/strict';
import { test } from 'node:test';
import { budgetsOf } from '../figure.ts';
import { type ClaimRow, claimFigures } from './claim-figures.ts';

const row = (name: string, more: Partial<ClaimRow> = {}): ClaimRow => ({
  name,
  existing: 1000,
  load: 1,
  volumes: 300,
  claimsPerSecond: 40,
  callsPerVolume: 1.03,
  differentGids: 300,
  cpuMsPerVolume: 8,
  rssMiB: 120,
  ...more,
});

test('each figure stands beside the other contestant’s of the same rounds', () => {
  const [rate, calls] = claimFigures([row('ours'), row('naive', { claimsPerSecond: 20, callsPerVolume: 3 })]);
  assert.deepEqual([rate?.value, rate?.beside], [40, { what: 'naive', value: 20 }]);
  assert.deepEqual([calls?.value, calls?.beside], [1.03, { what: 'naive', value: 3 }]);
});

test('a GID that two claims share misses the budget, whatever the baseline does', () => {
  const missed = budgetsOf(claimFigures([row('ours', { differentGids: 299 })])).filter(({ met }) => !met);
  assert.equal(missed.length, 1);
  assert.match(missed[0]?.what ?? '', /different GIDs/);
});

test('without a round there is nothing to say', () => {
  assert.deepEqual(claimFigures([]), []);
});
