/** A difference between two servers that stays, and why. */
export interface ExpectedDifference {
  /** Heading in the reference. */
  readonly title: string;
  /** What it means to a user, and why it is so. */
  readonly reason: string;
  /** Where it shows: the request and the place in the answer, `*` for any text in either. Each has to occur. */
  readonly at: readonly (readonly [request: string, place: string])[];
}

/** One place in the answer to one request where two servers differ. */
export interface FoundDifference {
  readonly request: string;
  readonly at: string;
}

export interface Matched<Difference> {
  readonly unexpected: readonly Difference[];
  /** `title: request place` of the entries that did not occur. */
  readonly stale: readonly string[];
  readonly occurrences: ReadonlyMap<ExpectedDifference, readonly Difference[]>;
}

/** Holds what was found against what is expected; a difference belongs to the first entry that names it. */
export function matchExpected<Difference extends FoundDifference>(
  differences: readonly Difference[],
  expected: readonly ExpectedDifference[],
): Matched<Difference> {
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
