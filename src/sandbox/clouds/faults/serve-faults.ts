import { timingSafeEqual } from 'node:crypto';
import { allowedValues, type FaultKindInfo, type FaultKinds } from './fault.ts';
import type { FaultBook } from './fault-book.ts';
import { FaultRefusal } from './parse-fault.ts';

/** As much of a request as this needs, whichever cloud it came to. */
export interface FaultsRequest {
  readonly method: string;
  readonly path: string;
  readonly authorization: string | undefined;
  readonly body: Buffer;
}

/** `body` is sent as JSON. */
export interface FaultsResponse {
  readonly status: number;
  readonly body: unknown;
}

export const FAULTS_PATH = '/_sandbox/faults';

/**
 * The sandbox's own door, apart from the cloud's interface: `GET` lists, `POST` sets, `DELETE` clears all faults or `/{id}`.
 * Only the control token opens it. Undefined for any other path.
 */
export function serveFaults<Kind extends string>(
  request: FaultsRequest,
  faults: FaultBook<Kind>,
  controlToken: string,
): FaultsResponse | undefined {
  if (request.path !== FAULTS_PATH && !request.path.startsWith(`${FAULTS_PATH}/`)) return undefined;
  if (!sameToken(request.authorization, `Bearer ${controlToken}`)) {
    return { status: 401, body: { message: 'the control token of this sandbox is required' } };
  }
  const id = request.path.slice(FAULTS_PATH.length + 1) || undefined;
  switch (request.method) {
    case 'GET':
      return { status: 200, body: { faults: faults.list(), kinds: describeKinds(faults.kinds) } };
    case 'POST':
      return set(request, faults);
    case 'DELETE':
      return clear(faults, id);
    default:
      return {
        status: 405,
        body: { message: 'faults are read with GET, set with POST, cleared with DELETE' },
      };
  }
}

function set<Kind extends string>(request: FaultsRequest, faults: FaultBook<Kind>): FaultsResponse {
  try {
    return { status: 201, body: faults.set(JSON.parse(request.body.toString('utf8'))) };
  } catch (error) {
    if (error instanceof FaultRefusal || error instanceof SyntaxError) {
      return { status: 400, body: { message: error.message } };
    }
    throw error;
  }
}

function clear<Kind extends string>(faults: FaultBook<Kind>, id: string | undefined): FaultsResponse {
  const cleared = faults.clear(id);
  if (cleared > 0 || id === undefined) return { status: 200, body: { cleared } };
  const set = faults.list().map((fault) => fault.id);
  return { status: 404, body: { message: `there is no fault ${id}; set are: ${set.join(', ') || 'none'}` } };
}

/** What each kind does and takes, in words. */
export function describeKinds(kinds: FaultKinds): readonly object[] {
  return Object.entries<FaultKindInfo>(kinds).map(([kind, { description, parameters }]) => ({
    kind,
    description,
    parameters: Object.entries(parameters).map(([name, parameter]) => ({
      name,
      description: parameter.description,
      allowed: allowedValues(parameter.values),
      ...(parameter.default === undefined ? {} : { default: parameter.default }),
    })),
  }));
}

function sameToken(given: string | undefined, wanted: string): boolean {
  const [a, b] = [Buffer.from(given ?? ''), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
}
