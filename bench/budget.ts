import { alignColumns, figure } from './table.ts';

/** What the project wants of a figure, and whether it was had. */
export interface Budget {
  readonly what: string;
  readonly value: number;
  readonly limit: string;
  readonly met: boolean;
}

export const atLeast = (what: string, value: number, limit: number): Budget => ({
  what,
  value,
  limit: `≥ ${figure(limit)}`,
  met: value >= limit,
});

export const atMost = (what: string, value: number, limit: number): Budget => ({
  what,
  value,
  limit: `≤ ${figure(limit)}`,
  met: value <= limit,
});

export function budgetTable(all: readonly Budget[]): string {
  return alignColumns(
    all.map(({ what, value, limit, met }) => [met ? 'met' : 'MISSED', what, figure(value), `(${limit})`]),
  );
}
