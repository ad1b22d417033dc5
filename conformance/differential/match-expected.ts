import type { Difference } from './compare-answers.ts';
import type { ExpectedDifference } from './expected-differences.ts';

export interface Matched {
  readonly unexpected: readonly Difference[];
  /** `title: request place` of the entries that did not occur. */
  readonly stale: readonly string[];
  readonly occurrences: ReadonlyMap<ExpectedDifference, readonly Difference[]>;
}

/** Holds what was found against what is expected; a difference belongs to the first entry that names it. */
export function matchExpected(
  differences: readonly Difference[],
  expected: readonly ExpectedDifference[],
): Matched {
  const patterns = expected.flatMap((entry) =>
    entry.at.map(([request, place]) => ({
      entry,
      name: `${entry.title}: ${request} ${place}`,
      request: globPattern(request),
      place: globPattern(place),
    })),
  );
  const occurrences = new Map<ExpectedDifference, Difference[]>(expected.map((entry) => [entry, []]));
  const used = new Set<string>();
  const unexpected: Difference[] = [];
  for (const difference of differences) {
    const matching = patterns.filter(
      ({ request, place }) => request.test(difference.request) && place.test(difference.at),
    );
    for (const { name } of matching) used.add(name);
    const [first] = matching;
    if (first === undefined) unexpected.push(difference);
    else occurrences.get(first.entry)?.push(difference);
  }
  const stale = patterns.filter(({ name }) => !used.has(name)).map(({ name }) => name);
  return { unexpected, stale, occurrences };
}

function globPattern(text: string): RegExp {
  const parts = text.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 's');
}
