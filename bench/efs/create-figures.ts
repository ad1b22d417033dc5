import type { Figure } from '../figure.ts';
import type { CreateRow } from './create-rows.ts';

/** What the project wants of its allocation, each beside the baseline of the same run. */
export function createFigures(rows: readonly CreateRow[]): readonly Figure[] {
  const most = Math.max(...rows.map(({ existing }) => existing));
  const at = (allocator: CreateRow['allocator'], existing: number) => rowAt(rows, allocator, existing);
  const naive = (figure: keyof CreateRow, existing: number) => ({
    beside: { what: 'naive', value: Number(at('naive', existing)[figure]) },
  });
  const [none, full] = [at('ledger', 0), at('ledger', most)];
  return [
    {
      what: `calls of EFS per volume at ${most}, the process’ listing included`,
      unit: 'calls',
      value: full.callsFromStart,
      ...naive('callsFromStart', most),
      budget: { of: 'value', atMost: 1.05 },
    },
    {
      what: 'volumes made at none, 10 callers',
      unit: 'volumes/s',
      value: none.perSecond,
      ...naive('perSecond', 0),
      budget: { of: 'value', atLeast: 300 },
    },
    {
      what: `volumes made at ${most}, 10 callers`,
      unit: 'volumes/s',
      value: full.perSecond,
      ...naive('perSecond', most),
    },
    {
      what: `volumes made at ${most}, 10 callers`,
      unit: 'volumes/s',
      value: full.perSecond,
      beside: { what: 'at none', value: none.perSecond },
      budget: { of: 'ratio', atLeast: 0.9 },
    },
    ...[none, full].map(
      ({ existing, cpuMsPerVolume }): Figure => ({
        what: `processor time per volume at ${existing}, 10 callers`,
        unit: 'ms',
        value: cpuMsPerVolume,
        ...naive('cpuMsPerVolume', existing),
      }),
    ),
    ...gidFigures(rows),
  ];
}

/** Ten callers, and EFS takes what comes. */
function rowAt(rows: readonly CreateRow[], allocator: CreateRow['allocator'], existing: number): CreateRow {
  const found = rows.find(
    (row) =>
      row.allocator === allocator && row.existing === existing && row.callers === 10 && !row.throttledEfs,
  );
  if (found === undefined) throw new Error(`${allocator} was not measured at ${existing} access points`);
  return found;
}

/** Of each number of callers the worst: at how many access points and how throttled must not matter. */
function gidFigures(rows: readonly CreateRow[]): readonly Figure[] {
  const worst = (callers: number, allocator: CreateRow['allocator']) =>
    Math.min(
      ...rows
        .filter((row) => row.callers === callers && row.allocator === allocator)
        .map(({ differentGids, volumes }) => (100 * differentGids) / volumes),
    );
  return [...new Set(rows.map(({ callers }) => callers))].map((callers) => ({
    what: `different GIDs of new volumes, ${callers} ${callers === 1 ? 'caller' : 'callers'}, worst run`,
    unit: '%',
    value: worst(callers, 'ledger'),
    beside: { what: 'naive', value: worst(callers, 'naive') },
    budget: { of: 'value', atLeast: 100 },
  }));
}
