import { readFile } from 'node:fs/promises';
import { request } from 'node:https';
import { json } from 'node:stream/consumers';
import { type CloudName, readRunFile } from '../../sandbox/state/run-file.ts';
import type { StateDir } from '../../sandbox/state/state-dir.ts';
import { CommandFailure, exitCodes } from '../exit-codes.ts';

/** The simulated cloud of a sandbox that is asked. */
export interface FaultsAt {
  readonly dir: StateDir;
  readonly cloud: CloudName;
}

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

export function listFaults(at: FaultsAt): Promise<FaultsAnswer> {
  return ask<FaultsAnswer>(at, 'GET', '');
}

export function setFault(
  at: FaultsAt,
  fault: {
    readonly kind: string;
    /** `NAME=VALUE` each. */
    readonly parameters: readonly string[];
    readonly match: Readonly<Record<'method' | 'path' | 'name', string | undefined>>;
  },
): Promise<SetFault> {
  const parameters = Object.fromEntries(fault.parameters.map(parseParameter));
  return ask<SetFault>(at, 'POST', '', { kind: fault.kind, parameters, match: fault.match });
}

export async function clearFaults(at: FaultsAt, id: string | undefined): Promise<number> {
  const answer = await ask<{ readonly cleared: number }>(at, 'DELETE', id === undefined ? '' : `/${id}`);
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

async function ask<T>(at: FaultsAt, method: string, path: string, body?: object): Promise<T> {
  const { ca, token, url } = await doorOf(at);
  const { FAULTS_PATH } = await import('../../sandbox/clouds/faults/serve-faults.ts');
  const { status, answer } = await new Promise<{ status: number; answer: unknown }>((resolve, reject) => {
    const asked = request(
      new URL(`${FAULTS_PATH}${path}`, url),
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

/** Where a cloud's faults are set, and what opens it. */
async function doorOf({ dir, cloud }: FaultsAt) {
  const run = await readRunFile(dir);
  if (!run) throw new CommandFailure(exitCodes.failure, `no sandbox runs on ${dir.root}`);
  const { aws, azure } = run.info.clouds;
  const url = cloud === 'aws' ? aws?.endpoint : azure?.arm;
  if (url === undefined) {
    throw new CommandFailure(
      exitCodes.failure,
      `the sandbox on ${dir.root} runs without ${cloud}: it has no faults`,
    );
  }
  const [ca, token] = await Promise.all([readFile(run.info.caFile), controlToken(dir.root, cloud)]);
  return { ca, token, url };
}

async function controlToken(stateDir: string, cloud: CloudName): Promise<string> {
  if (cloud === 'aws') {
    const { readAwsControlToken } = await import('../../sandbox/clouds/aws/start-aws-cloud.ts');
    return readAwsControlToken(stateDir);
  }
  const { readControlToken } = await import('../../sandbox/clouds/azure/start-azure-cloud.ts');
  return readControlToken(stateDir);
}
