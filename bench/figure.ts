import { atLeast, atMost, type Budget } from './budget.ts';
import { alignColumns, figure } from './table.ts';

/** One measured number, with what it has to be read beside. */
export interface Figure {
  readonly what: string;
  /** `ms`, `MiB`, `calls/s` … */
  readonly unit: string;
  readonly value: number;
  /** Measured in the same run. */
  readonly beside?: { readonly what: string; readonly value: number };
  /** Of the value, or of its ratio to what it stands beside. */
  readonly budget?: { readonly of: 'value' | 'ratio'; readonly atMost?: number; readonly atLeast?: number };
}

export function figureTable(figures: readonly Figure[]): string {
  return alignColumns(
    figures.map(({ what, unit, value, beside }) => [
      what,
      `${figure(value)} ${unit}`,
      ...(beside === undefined
        ? []
        : [`${beside.what}: ${figure(beside.value)}`, `× ${figure(value / beside.value)}`]),
    ]),
  );
}

export function budgetsOf(figures: readonly Figure[]): readonly Budget[] {
  return figures.flatMap(({ what, unit, value, beside, budget }) => {
    if (budget === undefined) return [];
    const [name, measured] =
      budget.of === 'ratio' && beside !== undefined
        ? [`${what}, of ${beside.what}`, value / beside.value]
        : [`${what}, ${unit}`, value];
    return [
      ...(budget.atMost === undefined ? [] : [atMost(name, measured, budget.atMost)]),
      ...(budget.atLeast === undefined ? [] : [atLeast(name, measured, budget.atLeast)]),
    ];
  });
}
