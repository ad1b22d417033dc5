import { median } from '../median.ts';
import { alignColumns } from '../table.ts';
import type { MatrixRun } from './create-matrix.ts';
import type { Created } from './creates.ts';

/** One row of the matrix, each number the median of all rounds. */
export interface CreateRow extends Created {
  readonly allocator: 'ledger' | 'naive';
  readonly existing: number;
  readonly throttledEfs: boolean;
  /** Over all volumes of the process, its first included, which lists. */
  readonly callsFromStart: number;
}

export function createRows(runs: readonly MatrixRun[]): readonly CreateRow[] {
  const groups = Object.values(
    Object.groupBy(runs, ({ allocator, existing, throttled }) => `${throttled} ${existing} ${allocator}`),
  );
  return groups.flatMap((group = []) => {
    const [first] = group;
    if (first === undefined) return [];
    const { allocator, existing, throttled } = first;
    const callsFromStart = median(group.map(({ callsPerVolume }) => callsPerVolume));
    const rows = first.steps.map((_, step) => medians(group.flatMap(({ steps }) => steps[step] ?? [])));
    return rows.map((row) => ({ ...row, allocator, existing, throttledEfs: throttled, callsFromStart }));
  });
}

function medians(steps: readonly Created[]): Created {
  const of = (figure: keyof Created) => median(steps.map((step) => step[figure]));
  return {
    callers: of('callers'),
    volumes: of('volumes'),
    perSecond: of('perSecond'),
    p50Ms: of('p50Ms'),
    p99Ms: of('p99Ms'),
    callsPerVolume: of('callsPerVolume'),
    throttled: of('throttled'),
    // Of the worst round: one volume too few is a fault, not a fluctuation.
    differentGids: Math.min(...steps.map(({ differentGids }) => differentGids)),
    cpuMsPerVolume: of('cpuMsPerVolume'),
    simulatorCpuMsPerVolume: of('simulatorCpuMsPerVolume'),
    rssMiB: of('rssMiB'),
  };
}

export function createTable(rows: readonly CreateRow[]): string {
  const header = [
    ...['', 'there', 'callers', 'volumes', 'volumes/s', 'p50 ms', 'p99 ms'],
    ...['calls/volume', 'throttled', 'GIDs', 'CPU ms/volume', 'simulator’s', 'RSS MiB'],
  ];
  return alignColumns([
    header,
    ...rows.map((row) => [
      `${row.allocator}${row.throttledEfs ? ', throttled' : ''}`,
      ...[row.existing, row.callers, row.volumes].map(String),
      ...[row.perSecond, row.p50Ms, row.p99Ms].map((value) => value.toFixed(1)),
      row.callsPerVolume.toFixed(2),
      ...[row.throttled, row.differentGids].map(String),
      ...[row.cpuMsPerVolume, row.simulatorCpuMsPerVolume, row.rssMiB].map((value) => value.toFixed(1)),
    ]),
  ]);
}
