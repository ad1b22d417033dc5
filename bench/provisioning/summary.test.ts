import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Measured } from './round.ts';
import { budgets, summarise, summaryTable } from './summary.ts';

const usage = (rssMiB: number) => ({ rssMiB, anonymousMiB: rssMiB / 2, cpuMs: 0 });
const round = (changes: Partial<Measured> = {}): Measured => ({
  claimsPerSecond: 50,
  halfBoundSeconds: 3,
  allBoundSeconds: 6,
  writesPerVolume: { persistentvolumes: 1, events: 2 },
  binderWritesPerVolume: 5,
  settled: true,
  before: usage(60),
  after: usage(90),
  cpuMsPerVolume: 4,
  ...changes,
});

test('each figure is the median of its own, with the least and the most of the rates beside it', () => {
  const rates = [50, 20, 60].map((claimsPerSecond) => round({ claimsPerSecond }));
  const summary = summarise([...rates.slice(0, 2), { ...round({ claimsPerSecond: 60 }), settled: false }]);
  assert.deepEqual(
    [summary.slowestClaimsPerSecond, summary.claimsPerSecond, summary.fastestClaimsPerSecond],
    [20, 50, 60],
  );
  assert.equal(summary.allWrites, 3);
  assert.equal(summary.settled, false, 'one round that had not settled makes the writes a lower bound');
});

test('a budget is missed as soon as its figure is on the wrong side', () => {
  const tuned = summarise([round({ claimsPerSecond: 60, after: usage(150) })]);
  const byDefault = summarise([round({ claimsPerSecond: 5 })]);
  const missed = (changes: Partial<Measured>) =>
    budgets(summarise([round(changes)]), tuned, byDefault)
      .filter(({ met }) => !met)
      .map(({ what }) => what);
  assert.deepEqual(missed({ claimsPerSecond: 54 }), []);
  assert.deepEqual(missed({ claimsPerSecond: 53 }), ['rate, of csi-provisioner’s tuned']);
  assert.deepEqual(missed({ claimsPerSecond: 54, after: usage(101) }), ['memory after, MiB']);
});

test('the table says which writes are a lower bound', () => {
  assert.match(summaryTable({ ours: summarise([round({ settled: false })]) }), /^ours .*50\.0 .*>2\.00 /m);
});
