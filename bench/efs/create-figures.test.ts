import assert from 'node:assert/strict';
import { test } from 'node:test';
import { budgetsOf } from '../figure.ts';
import { createFigures } from './create-figures.ts';
import type { MatrixRun } from './create-matrix.ts';
import { createRows } from './create-rows.ts';
import type { Created } from './creates.ts';

const step = (callers: number, more: Partial<Created> = {}): Created => ({
  callers,
  volumes: 200,
  perSecond: 320,
  p50Ms: 25,
  p99Ms: 40,
  callsPerVolume: 1,
  throttled: 0,
  differentGids: 200,
  cpuMsPerVolume: 3,
  simulatorCpuMsPerVolume: 1,
  rssMiB: 100,
  ...more,
});

const run = (
  allocator: MatrixRun['allocator'],
  existing: number,
  more: Partial<MatrixRun> = {},
): MatrixRun => ({
  allocator,
  existing,
  throttled: false,
  load: 1,
  callsOfFirst: 2,
  callsPerVolume: 1.02,
  steps: [step(10)],
  ...more,
});

const naive = [run('naive', 0), run('naive', 9000, { callsPerVolume: 11 })];

test('a row is the median of its rounds, but of its GIDs the worst round counts', () => {
  const rounds = [
    [step(10)],
    [step(10, { perSecond: 280, differentGids: 199 })],
    [step(10, { perSecond: 300 })],
  ];
  const [row] = createRows(rounds.map((steps) => run('ledger', 0, { steps })));
  assert.equal(row?.perSecond, 300);
  assert.equal(row?.differentGids, 199);
});

test('throttled runs are rows of their own', () => {
  const rows = createRows([
    run('ledger', 0),
    run('ledger', 0, { throttled: true, steps: [step(10), step(100)] }),
  ]);
  assert.deepEqual(
    rows.map(({ throttledEfs, callers }) => [throttledEfs, callers]),
    [
      [false, 10],
      [true, 10],
      [true, 100],
    ],
  );
});

test('budgets hold calls, rate, the rate at many access points and every GID', () => {
  const rows = createRows([run('ledger', 0), run('ledger', 9000), ...naive]);
  assert.deepEqual(
    budgetsOf(createFigures(rows)).map(({ met }) => met),
    [true, true, true, true],
  );
});

test('one GID shared in one throttled round is seen', () => {
  const shared = run('ledger', 9000, { throttled: true, steps: [step(10, { differentGids: 199 })] });
  const rows = createRows([run('ledger', 0), run('ledger', 9000), shared, ...naive]);
  const missed = budgetsOf(createFigures(rows)).filter(({ met }) => !met);
  assert.deepEqual(
    missed.map(({ what, value }) => [what, value]),
    [['different GIDs of new volumes, 10 callers, worst run, %', 99.5]],
  );
});
