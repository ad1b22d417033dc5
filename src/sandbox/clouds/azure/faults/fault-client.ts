import { request } from 'node:https';
import type { Fault } from './fault.ts';
import { FAULTS_PATH } from './fault-routes.ts';
import { FaultRefusal, type FaultRequest } from './parse-fault.ts';

/** How to reach a running sandbox's cloud. */
export interface FaultConnection {
  readonly url: string;
  /** PEM of the sandbox's authority. */
  readonly ca: string;
  readonly controlToken: string;
}

export interface FaultKindDescription {
  readonly kind: string;
  readonly description: string;
  readonly parameters: readonly {
    readonly name: string;
    readonly description: string;
    readonly allowed: string;
    readonly default?: string | number;
  }[];
}

/** The faults set, and the kinds there are. */
export async function listFaults(
  connection: FaultConnection,
): Promise<{ readonly faults: readonly Fault[]; readonly kinds: readonly FaultKindDescription[] }> {
  return JSON.parse(await call(connection, 'GET', FAULTS_PATH));
}

/** Throws FaultRefusal, whose message names what is allowed. */
export async function setFault(connection: FaultConnection, fault: FaultRequest): Promise<Fault> {
  return JSON.parse(await call(connection, 'POST', FAULTS_PATH, fault));
}

/** Clears one fault, or all; tells how many there were. Throws FaultRefusal for an id that is not set. */
export async function clearFaults(connection: FaultConnection, id?: string): Promise<number> {
  const path = id === undefined ? FAULTS_PATH : `${FAULTS_PATH}/${encodeURIComponent(id)}`;
  return JSON.parse(await call(connection, 'DELETE', path)).cleared;
}

const ANSWER_WITHIN_MS = 10_000;

function call(
  connection: FaultConnection,
  method: string,
  path: string,
  body?: FaultRequest,
): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const headers = { authorization: `Bearer ${connection.controlToken}`, 'content-type': 'application/json' };
  const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
  const sent = request(
    new URL(path, connection.url),
    { method, headers, ca: connection.ca, agent: false, signal },
    (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(parts).toString('utf8');
        if ((response.statusCode ?? 500) < 300) resolve(text);
        else reject(new FaultRefusal(messageOf(text)));
      });
    },
  );
  sent.on('error', reject);
  sent.end(body === undefined ? undefined : JSON.stringify(body));
  return promise;
}

function messageOf(text: string): string {
  try {
    return String(JSON.parse(text).message);
  } catch {
    return text;
  }
}
