import { pipeline } from 'node:stream/promises';
import { PodRuntimeError } from '../../pod-runtime.ts';
import { badRequest, StatusError } from '../http/status-error.ts';
import type { Answer, TargetedRequest } from '../requests/api-request.ts';
import { findEntry } from '../requests/write.ts';
import { type ServerState, timestamp } from '../server-state.ts';

/** `kubectl logs`: plain text from the pod's runtime, for as long as it comes. */
export async function podLogs(state: ServerState, request: TargetedRequest): Promise<Answer> {
  findEntry(state, request);
  const { namespace = '', name = '' } = request.target;
  const { query } = request;
  const signal = request.untilGone();
  const runtime = requireRuntime(state);
  const sinceSeconds = readCount(query, 'sinceSeconds');
  try {
    const log = await runtime.logs({
      namespace,
      pod: name,
      container: query.get('container') ?? undefined,
      follow: isTrue(query.get('follow')),
      previous: isTrue(query.get('previous')),
      timestamps: isTrue(query.get('timestamps')),
      tailLines: readCount(query, 'tailLines'),
      limitBytes: readCount(query, 'limitBytes'),
      sinceTime:
        sinceSeconds === undefined
          ? (query.get('sinceTime') ?? undefined)
          : timestamp(state.clock.now() - sinceSeconds * 1000),
      signal,
    });
    return {
      stream: async (response) => {
        response.writeHead(200, { 'Content-Type': 'text/plain', 'Cache-Control': 'no-cache, private' });
        response.flushHeaders();
        await pipeline(log, response, { signal }).catch((error: unknown) => {
          if (!signal.aborted) throw error;
        });
      },
    };
  } catch (error) {
    throw statusOfRuntimeError(error);
  }
}

const isTrue = (value: string | null) => value === 'true' || value === '1';

function readCount(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  if (!/^\d+$/.test(text)) throw badRequest(`invalid value of ${name}: ${JSON.stringify(text)} is no number`);
  return Number(text);
}

/** @throws StatusError while no kubelet stand-in runs. */
export function requireRuntime({ runtime }: Pick<ServerState, 'runtime'>) {
  const running = runtime();
  if (running === undefined) {
    throw new StatusError(
      'InternalError',
      'no kubelet stand-in runs in this sandbox: pods have neither logs nor commands',
    );
  }
  return running;
}

const reasons = {
  400: 'BadRequest',
  403: 'Forbidden',
  404: 'NotFound',
  409: 'Conflict',
  500: 'InternalError',
} as const;

export function statusOfRuntimeError(error: unknown): unknown {
  if (!(error instanceof PodRuntimeError)) return error;
  return new StatusError(reasons[error.status], error.message, {}, { cause: error });
}
