import type { ExpectedDifference } from './expected-differences.ts';
import type { Difference } from './normalise.ts';

export interface Matched {
  readonly unexpected: readonly Difference[];
  /** `call place` of what is expected and did not occur. */
  readonly stale: readonly string[];
  readonly occurrences: ReadonlyMap<ExpectedDifference, readonly Difference[]>;
}

/** Holds what was found against what is expected; a difference belongs to the first entry that names it. */
export function matchExpected(
  differences: readonly Difference[],
  expected: readonly ExpectedDifference[],
): Matched {
  const occurrences = new Map<ExpectedDifference, Difference[]>(expected.map((entry) => [entry, []]));
  const used = new Set<string>();
  const unexpected: Difference[] = [];
  for (const difference of differences) {
    const matching = expected.filter(
      (entry) =>
        entry.at.filter(([call, place]) => {
          const matches = glob(call).test(difference.call) && glob(place).test(difference.at);
          if (matches) used.add(`${call} ${place}`);
          return matches;
        }).length > 0,
    );
    const [first] = matching;
    if (first === undefined) unexpected.push(difference);
    else occurrences.get(first)?.push(difference);
  }
  const stale = expected
    .flatMap(({ at }) => at.map(([call, place]) => `${call} ${place}`))
    .filter((name) => !used.has(name));
  return { unexpected, stale, occurrences };
}

function glob(pattern: string): RegExp {
  const parts = pattern.split('*').map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 's');
}
