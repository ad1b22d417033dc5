import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { type Clock, systemClock } from '../async/clock.ts';
import {
  type KubeClient,
  KubeConnectionError,
  type ListOptions,
  type ObjectList,
  type Patch,
} from './client.ts';
import type { ClusterConfig } from './cluster-config.ts';
import type { KubeObject, ObjectMeta } from './objects.ts';
import type { Environment } from './proxy.ts';
import { collectionPath, listQuery, objectPath, watchQuery } from './resource-path.ts';
import type { Resource } from './resources.ts';
import { statusError } from './status-error.ts';
import { openTransport, type Transport, type TransportRequest } from './transport.ts';
import { watchEvents, watchIdleMs } from './watch.ts';

export interface KubeClientOptions {
  /** `berth/0.1.0 (controller)`. */
  readonly userAgent?: string;
  /** For one request, headers and body; default 30 000. */
  readonly timeoutMs?: number;
  /** See `watchIdleMs`. */
  readonly watchIdleMs?: number;
  readonly clock?: Clock;
  /** HTTPS_PROXY, HTTP_PROXY and NO_PROXY are read from it. */
  readonly environment?: Environment;
}

const patchTypes: Readonly<Record<Patch['type'], string>> = {
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  json: 'application/json-patch+json',
  // The server reads YAML, and JSON is YAML.
  apply: 'application/apply-patch+yaml',
};

/**
 * A client of its own keep-alive connections: open a second one for leader election, so that a renewal never waits
 * behind other requests. There is no client-side rate limit; the server's (429 with Retry-After) is obeyed.
 *
 * @throws TypeError for a server URL that would carry credentials in the clear.
 */
export function openKubeClient(config: ClusterConfig, options: KubeClientOptions = {}): KubeClient {
  const clock = options.clock ?? systemClock;
  const timeoutMs = options.timeoutMs ?? 30_000;
  const transport = openTransport({
    config,
    clock,
    environment: options.environment ?? process.env,
    userAgent: options.userAgent ?? 'berth',
  });
  const send = (request: Omit<TransportRequest, 'timeoutMs'>) =>
    sendWithRetry(transport, { ...request, timeoutMs }, clock);
  const json = async <T>(request: Omit<TransportRequest, 'timeoutMs'>) =>
    (await readJson(await send(request), timeoutMs, clock, request.signal)) as T;

  return {
    get: (resource, name, signal) => json({ method: 'GET', path: objectPath(resource, name), signal }),

    async list<T extends KubeObject>(
      resource: Resource<T>,
      listOptions: ListOptions = {},
    ): Promise<ObjectList<T>> {
      const path = withQuery(collectionPath(resource, listOptions.namespace), listQuery(listOptions));
      const body = await json<{ items?: T[]; metadata: ObjectMeta & { continue?: string } }>({
        method: 'GET',
        path,
        signal: listOptions.signal,
      });
      return {
        items: body.items ?? [],
        resourceVersion: body.metadata.resourceVersion ?? '',
        continue: body.metadata.continue || undefined,
      };
    },

    create: (resource, object, write) =>
      json({
        method: 'POST',
        path:
          write?.subresource === undefined
            ? collectionPath(resource, object.metadata.namespace)
            : objectPath(resource, nameOf(object), write.subresource),
        body: JSON.stringify(typed(resource, object)),
        signal: write?.signal,
      }),

    replace: (resource, object, write) =>
      json({
        method: 'PUT',
        path: objectPath(resource, nameOf(object), write?.subresource),
        body: JSON.stringify(typed(resource, object)),
        signal: write?.signal,
      }),

    patch: (resource, name, patch, write) =>
      json({
        method: 'PATCH',
        path: withQuery(objectPath(resource, name, write?.subresource), patchQuery(patch)),
        body: JSON.stringify(patch.body),
        contentType: patchTypes[patch.type],
        signal: write?.signal,
      }),

    async delete(resource, name, deletion) {
      await json({
        method: 'DELETE',
        path: objectPath(resource, name),
        body: JSON.stringify({
          apiVersion: 'v1',
          kind: 'DeleteOptions',
          ...(deletion?.preconditions && { preconditions: deletion.preconditions }),
          ...(deletion?.gracePeriodSeconds !== undefined && {
            gracePeriodSeconds: deletion.gracePeriodSeconds,
          }),
        }),
        signal: deletion?.signal,
      });
    },

    async *watch(resource, watchOptions) {
      const { signal } = watchOptions;
      const path = withQuery(collectionPath(resource, watchOptions.namespace), watchQuery(watchOptions));
      const response = await send({ method: 'GET', path, signal, longLived: true });
      if (response.statusCode !== 200) await readJson(response, timeoutMs, clock, signal);
      yield* watchEvents(response, { clock, signal, idleMs: options.watchIdleMs ?? watchIdleMs });
    },

    getPath: (path, signal) => json({ method: 'GET', path, signal }),
  };
}

function nameOf(object: KubeObject) {
  const { namespace, name = '' } = object.metadata;
  return namespace === undefined ? { name } : { namespace, name };
}

/** Objects that come out of a list carry no apiVersion and kind; the server wants both in a body. */
/** What is sent to a subresource may be of another kind, such as Binding, and then says so itself. */
function typed<T extends KubeObject>(resource: Resource<T>, object: T): T {
  const apiVersion = resource.group === '' ? resource.version : `${resource.group}/${resource.version}`;
  return { apiVersion, kind: resource.kind, ...object };
}

function patchQuery(patch: Patch): URLSearchParams {
  if (patch.type !== 'apply') return new URLSearchParams();
  return new URLSearchParams({
    fieldManager: patch.fieldManager,
    ...(patch.force !== undefined && { force: String(patch.force) }),
  });
}

function withQuery(path: string, query: URLSearchParams): string {
  return query.size === 0 ? path : `${path}?${query}`;
}

const maxRetries = 10;

/**
 * Waits and sends again where the server says by Retry-After that it did not take the request (priority and fairness,
 * a starting server), and once for a GET whose kept-alive connection the server closed at the same moment.
 */
async function sendWithRetry(
  transport: Transport,
  request: TransportRequest,
  clock: Clock,
): Promise<IncomingMessage> {
  let reconnected = false;
  for (let retries = 0; ; retries++) {
    try {
      const response = await transport(request);
      const delay = retryDelay(response);
      if (delay === undefined || retries >= maxRetries) return response;
      response.resume();
      await clock.sleep(delay, request.signal);
    } catch (error) {
      if (request.method !== 'GET' || reconnected || !isReset(error)) throw error;
      reconnected = true;
    }
  }
}

function retryDelay(response: IncomingMessage): number | undefined {
  const status = response.statusCode ?? 0;
  const seconds = Number(response.headers['retry-after'] ?? Number.NaN);
  if ((status !== 429 && status < 500) || !Number.isFinite(seconds)) return undefined;
  return Math.min(Math.max(seconds, 0), 60) * 1000;
}

function isReset(error: unknown): boolean {
  return (
    error instanceof KubeConnectionError &&
    error.cause instanceof Error &&
    'code' in error.cause &&
    error.cause.code === 'ECONNRESET'
  );
}

async function readJson(
  response: IncomingMessage,
  timeoutMs: number,
  clock: Clock,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  const body = await readText(response, timeoutMs, clock, signal);
  const status = response.statusCode ?? 0;
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch (error) {
    // `/healthz` and the like answer "ok".
    if (status < 300) {
      if (response.headers['content-type']?.startsWith('text/plain')) return body;
      throw new KubeConnectionError('the answer is not JSON: is the server an API server?', { cause: error });
    }
    parsed = body;
  }
  if (status >= 200 && status < 300) return parsed;
  throw statusError(status, parsed);
}

async function readText(
  response: IncomingMessage,
  timeoutMs: number,
  clock: Clock,
  signal: AbortSignal | undefined,
): Promise<string> {
  const read = new AbortController();
  clock.sleep(timeoutMs, read.signal).then(
    () => response.destroy(new Error(`the answer was not complete within ${timeoutMs / 1000} s`)),
    () => {},
  );
  try {
    return await text(response);
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    throw new KubeConnectionError(`reading the answer: ${error instanceof Error ? error.message : error}`, {
      cause: error,
    });
  } finally {
    read.abort();
  }
}
