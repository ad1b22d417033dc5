import type { IncomingMessage } from 'node:http';
import type { Clock } from '../async/clock.ts';
import { KubeConnectionError, type WatchEvent } from './client.ts';
import { jsonLines } from './json-lines.ts';
import type { KubeObject } from './objects.ts';
import { statusError } from './status-error.ts';

/**
 * API servers send a bookmark about once a minute. A stream that is silent for longer may be a connection that a
 * firewall forgot; ending it costs one request, because the next one resumes where this one stopped.
 */
export const watchIdleMs = 150_000;

/**
 * The events of one watch response. Returns when the server ends the stream.
 *
 * @throws KubeError for an ERROR event (410 Expired: list again), KubeConnectionError when the stream is cut, is silent
 * for `idleMs` or is not a watch stream; the signal's reason when aborted.
 */
export async function* watchEvents<T extends KubeObject>(
  response: IncomingMessage,
  options: { readonly clock: Clock; readonly signal: AbortSignal; readonly idleMs: number },
): AsyncGenerator<WatchEvent<T>, void, undefined> {
  const idle = idleTimer(response, options.clock, options.idleMs);
  try {
    for await (const line of jsonLines(idle.chunks())) yield toEvent<T>(line);
  } catch (error) {
    if (options.signal.aborted) throw options.signal.reason;
    if (error instanceof SyntaxError || isStreamError(error))
      throw new KubeConnectionError(`watch: ${error.message}`, { cause: error });
    throw error;
  } finally {
    idle.stop();
    response.destroy();
  }
}

function idleTimer(response: IncomingMessage, clock: Clock, idleMs: number) {
  let timer = new AbortController();
  const restart = () => {
    timer.abort();
    timer = new AbortController();
    clock.sleep(idleMs, timer.signal).then(
      () => response.destroy(new Error(`nothing received for ${idleMs / 1000} s`)),
      () => {},
    );
  };
  return {
    async *chunks(): AsyncGenerator<Buffer> {
      restart();
      for await (const chunk of response) {
        restart();
        yield chunk;
      }
    },
    stop: () => timer.abort(),
  };
}

function toEvent<T extends KubeObject>(line: unknown): WatchEvent<T> {
  const { type, object } = line as { type?: unknown; object?: T };
  if (object === undefined) throw new SyntaxError('an event without an object');
  switch (type) {
    case 'ADDED':
    case 'MODIFIED':
    case 'DELETED':
      return { type, object };
    case 'BOOKMARK':
      return {
        type,
        resourceVersion: object.metadata.resourceVersion ?? '',
        initialEventsEnd: object.metadata.annotations?.['k8s.io/initial-events-end'] === 'true',
      };
    case 'ERROR':
      throw statusError(500, object);
    default:
      throw new SyntaxError(`an event of unknown type ${JSON.stringify(type)}`);
  }
}

/** Errors of the socket, as opposed to one that the consumer throws into the generator. */
function isStreamError(error: unknown): error is Error {
  return error instanceof Error && error.name === 'Error';
}
