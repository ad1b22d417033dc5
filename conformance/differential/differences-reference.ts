import type { ExpectedDifference } from '../testing/match-expected.ts';
import type { Difference } from './compare-answers.ts';

export interface ReferenceInput {
  readonly kubernetesVersion: string;
  readonly requests: number;
  readonly equal: number;
  readonly occurrences: ReadonlyMap<ExpectedDifference, readonly Difference[]>;
  /** Group and version → resources that only Kubernetes serves. */
  readonly unserved: ReadonlyMap<string, readonly string[]>;
}

const EXAMPLES = 4;
const LONGEST_VALUE = 160;

/** The text of docs/reference/sandbox-differences.md. */
export function differencesReference(input: ReferenceInput): string {
  const { kubernetesVersion, requests, equal, occurrences, unserved } = input;
  const kinds = [...unserved].map(([version, resources]) => `| ${code(version)} | ${resources.join(', ')} |`);
  return `${[
    '# How the sandbox’s API server differs from Kubernetes',
    `Written by \`conformance/differential\`, which sends the same ${requests} requests to the sandbox’s API server and to kube-apiserver ${kubernetesVersion} and compares the answers: status, warnings and the whole body, after replacing uids, versions, times and addresses. ${equal} answers are equal; every difference in the others is one of these, or the test fails. Controllers do not run in the comparison.`,
    ...[...occurrences].map(([entry, differences]) => section(entry, differences)),
    '## Kinds that are not served',
    ['| API | resources |', '| --- | --- |', ...kinds].join('\n'),
  ].join('\n\n')}\n`;
}

function section({ title, reason }: ExpectedDifference, differences: readonly Difference[]): string {
  const requests = new Set(differences.map(({ request }) => request));
  const examples = [...new Map(differences.map((one) => [one.request, one])).values()].slice(0, EXAMPLES);
  const rows = examples.map(
    ({ request, at, kubernetes, sandbox }) =>
      `| ${cell(request)} | ${code(at)} | ${value(kubernetes)} | ${value(sandbox)} |`,
  );
  const count = `Seen in ${requests.size} ${requests.size === 1 ? 'answer' : 'answers'}${requests.size > EXAMPLES ? ', for example' : ''}:`;
  const table = ['| request | where | Kubernetes | sandbox |', '| --- | --- | --- | --- |', ...rows];
  return [`## ${title}`, reason, count, table.join('\n')].join('\n\n');
}

function value(shown: unknown): string {
  if (shown === undefined) return 'nothing';
  const text = (typeof shown === 'string' ? shown : JSON.stringify(shown)).replaceAll(/\s+/g, ' ').trim();
  if (text === '') return 'empty text';
  return code(text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}…` : text);
}

/** A code span holds backticks between two of them. */
function code(text: string): string {
  return cell(text.includes('`') ? `\`\` ${text} \`\`` : `\`${text}\``);
}

const cell = (text: string) => text.replaceAll('|', '\\|');
