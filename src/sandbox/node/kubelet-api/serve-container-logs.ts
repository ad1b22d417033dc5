import type { ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { systemClock } from '../../../async/clock.ts';
import { PodRuntimeError } from '../../pod-runtime.ts';
import type { KubeletRequest } from './start-kubelet-api.ts';

/** `GET /containerLogs/NAMESPACE/POD/CONTAINER`, with the query of PodLogOptions. */
export async function serveContainerLogs(
  { pods, namespace, pod, container, query }: KubeletRequest,
  response: ServerResponse,
  closing: AbortSignal,
): Promise<void> {
  response.on('error', () => {});
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const signal = AbortSignal.any([gone.signal, closing]);
  const log = await pods.logs({
    namespace,
    pod,
    container,
    follow: query.get('follow') === 'true',
    previous: query.get('previous') === 'true',
    timestamps: query.get('timestamps') === 'true',
    tailLines: readCount(query, 'tailLines'),
    limitBytes: readCount(query, 'limitBytes'),
    sinceTime: sinceTime(query),
    signal,
  });
  response.writeHead(200, { 'Content-Type': 'text/plain' });
  response.flushHeaders();
  await pipeline(log, response, { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}

function sinceTime(query: URLSearchParams): string | undefined {
  const seconds = readCount(query, 'sinceSeconds');
  if (seconds === undefined) return query.get('sinceTime') ?? undefined;
  return new Date(systemClock.now() - seconds * 1000).toISOString();
}

function readCount(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  if (!/^\d+$/.test(text)) throw new PodRuntimeError(400, `invalid value of ${name}: "${text}" is no number`);
  return Number(text);
}
