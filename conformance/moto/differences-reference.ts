import type { ExpectedDifference } from '../testing/match-expected.ts';
import type { Difference } from './normalise.ts';

export interface ReferenceInput {
  readonly motoVersion: string;
  readonly calls: number;
  readonly equal: number;
  readonly occurrences: ReadonlyMap<ExpectedDifference, readonly Difference[]>;
}

/** The text of docs/reference/sandbox-differences-aws.md. */
export function differencesReference({ motoVersion, calls, equal, occurrences }: ReferenceInput): string {
  const sections = [...occurrences].map(([{ title, reason }, differences]) => {
    const names = [...new Set(differences.map(({ request }) => request))];
    return `## ${title}\n\n${reason}\n\nSeen in: ${names.join(', ')}.`;
  });
  return `${[
    '# How the simulated AWS differs from moto',
    `Written by \`conformance/moto\`, which makes the same ${calls} calls with AWS’ SDK to the sandbox’s AWS and to moto ${motoVersion}, an emulator of AWS by others, and compares the answers or the errors’ names and statuses, after replacing ids, accounts, times, keys and addresses, and taking what is being created as available, which it is at once in moto and a little later here and in EFS. ${equal} answers are equal; every difference in the others is one of these, or the test fails. Where the two differ, what AWS documents decides; neither was compared with AWS itself.`,
    ...sections,
  ].join('\n\n')}\n`;
}
