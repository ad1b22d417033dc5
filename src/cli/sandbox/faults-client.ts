import { readFile } from 'node:fs/promises';
import { request } from 'node:https';
import { json } from 'node:stream/consumers';
import { readRunFile } from '../../sandbox/state/run-file.ts';
import type { StateDir } from '../../sandbox/state/state-dir.ts';
import { CommandFailure, exitCodes } from '../exit-codes.ts';

interface SetFault {
  readonly id: string;
  readonly kind: string;
  readonly parameters: Readonly<Record<string, string | number>>;
  readonly match: Readonly<Record<string, string>>;
  readonly remaining?: number;
}

interface FaultKind {
  readonly kind: string;
  readonly description: string;
  readonly parameters: readonly {
    readonly name: string;
    readonly description: string;
    readonly allowed: string;
  }[];
}

interface FaultsAnswer {
  readonly faults: readonly SetFault[];
  readonly kinds: readonly FaultKind[];
}

export function listFaults(dir: StateDir): Promise<FaultsAnswer> {
  return ask<FaultsAnswer>(dir, 'GET', '');
}

export function setFault(
  dir: StateDir,
  fault: {
    readonly kind: string;
    /** `NAME=VALUE` each. */
    readonly parameters: readonly string[];
    readonly match: Readonly<Record<'method' | 'path' | 'name', string | undefined>>;
  },
): Promise<SetFault> {
  const parameters = Object.fromEntries(fault.parameters.map(parseParameter));
  return ask<SetFault>(dir, 'POST', '', { kind: fault.kind, parameters, match: fault.match });
}

export async function clearFaults(dir: StateDir, id: string | undefined): Promise<number> {
  const answer = await ask<{ readonly cleared: number }>(dir, 'DELETE', id === undefined ? '' : `/${id}`);
  return answer.cleared;
}

export function describeFaults({ faults, kinds }: FaultsAnswer): string {
  const pairs = (values: Readonly<Record<string, string | number>>) =>
    Object.entries(values).map(([name, value]) => ` ${name}=${value}`);
  const set = faults.map(
    ({ id, kind, parameters, match }) =>
      `  ${id}  ${kind}${[...pairs(parameters), ...pairs(match)].join('')}`,
  );
  const offered = kinds.flatMap(({ kind, description, parameters }) => [
    `  ${kind}: ${description}`,
    ...parameters.map(({ name, description, allowed }) => `      ${name}: ${description} (${allowed})`),
  ]);
  const none = set.length === 0 ? ['  none'] : set;
  return `${['Set:', ...none, '', 'Kinds:', ...offered].join('\n')}\n`;
}

function parseParameter(text: string): [string, string | number] {
  const [name, value] = text.split(/=(.*)/s);
  if (!name || value === undefined) {
    throw new CommandFailure(
      exitCodes.wrongUsage,
      `"${text}" is no parameter: write NAME=VALUE, e.g. times=2`,
    );
  }
  const number = Number(value);
  return [name, value !== '' && Number.isFinite(number) ? number : value];
}

async function ask<T>(dir: StateDir, method: string, path: string, body?: object): Promise<T> {
  const run = await readRunFile(dir);
  if (!run) throw new CommandFailure(exitCodes.failure, `no sandbox runs on ${dir.root}`);
  const { azure } = run.info.clouds;
  if (!azure)
    throw new CommandFailure(
      exitCodes.failure,
      `the sandbox on ${dir.root} runs without clouds: it has no faults`,
    );
  const { FAULTS_PATH } = await import('../../sandbox/clouds/faults/serve-faults.ts');
  const { readControlToken } = await import('../../sandbox/clouds/azure/start-azure-cloud.ts');
  const [ca, token] = await Promise.all([readFile(run.info.caFile), readControlToken(dir.root)]);
  const { status, answer } = await new Promise<{ status: number; answer: unknown }>((resolve, reject) => {
    const asked = request(
      new URL(`${FAULTS_PATH}${path}`, azure.arm),
      { method, ca, headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' } },
      (response) => {
        json(response).then((answer) => resolve({ status: response.statusCode ?? 0, answer }), reject);
      },
    );
    asked.on('error', reject);
    asked.end(body && JSON.stringify(body));
  });
  if (status < 300) return answer as T;
  const { message } = answer as { message?: string };
  throw new CommandFailure(exitCodes.wrongUsage, message ?? `the sandbox answered with status ${status}`);
}
