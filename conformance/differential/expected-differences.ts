/** A difference between the sandbox's API server and Kubernetes that stays, and why. */
export interface ExpectedDifference {
  /** Heading in the reference. */
  readonly title: string;
  /** What it means to a user, and why it is so. */
  readonly reason: string;
  /**
   * Where it shows: `scenario/step` and the place in the answer, `*` for any text in either. Each entry has to occur, or
   * the table is out of date.
   */
  readonly at: readonly (readonly [request: string, place: string])[];
}

export const expectedDifferences: readonly ExpectedDifference[] = [];
