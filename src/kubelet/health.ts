import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Clock, systemClock } from '../async/clock.ts';
import { withDeadline } from '../async/deadline.ts';
import type { Log } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { type EventLoopLag, watchEventLoop } from './event-loop-lag.ts';

export interface HealthOptions {
  readonly port: number;
  readonly address: string;
  /** The answer of CSI's Probe, in process: false or an error is unhealthy. */
  readonly probe: (signal: AbortSignal) => Promise<boolean>;
  readonly metrics: Pick<Metrics, 'exposition'>;
  readonly log: Log;
  readonly clock?: Clock;
}

export interface HealthServer {
  /** The port that is served, also where any free one was asked for with 0. */
  readonly port: number;
  close(): Promise<void>;
}

/** The health port cannot be served. */
export class HealthPortError extends Error {
  override readonly name = 'HealthPortError';
}

/** As the livenessprobe sidecar: its --probe-timeout. */
const PROBE_TIMEOUT_MS = 3_000;

/** A loop that is blocked this long also keeps CSI calls waiting. */
const MAX_LAG_MS = 5_000;

interface Answer {
  readonly status: number;
  readonly contentType?: string;
  readonly body: string;
}

/**
 * Serves what kubelet and Prometheus ask over HTTP: `/healthz` (Probe answers, and the event loop keeps up), `/readyz`
 * (Probe answers) and `/metrics`. Throws `HealthPortError` where the port cannot be had.
 */
export async function startHealth(options: HealthOptions): Promise<HealthServer> {
  const { log, clock = systemClock } = options;
  const lag = watchEventLoop(clock);
  const server = createServer((request, response) => {
    answer(request, options, clock, lag).then(
      (result) => send(response, result),
      (error: unknown) => {
        log.error({ err: error, path: request.url }, 'answering a health request failed');
        send(response, { status: 500, body: 'internal error, see the log' });
      },
    );
  });
  try {
    await listen(server, options);
  } catch (error) {
    lag.close();
    throw error;
  }
  const { port } = server.address() as AddressInfo;
  log.info({ address: options.address, port }, 'serving /healthz, /readyz and /metrics');
  return {
    port,
    async close() {
      lag.close();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function listen(server: Server, { port, address }: HealthOptions): Promise<void> {
  server.listen(port, address);
  try {
    await once(server, 'listening');
  } catch (error) {
    const inUse = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
    const reason = inUse
      ? 'another process uses it (with host networking, every pod of the node shares its ports)'
      : String(error);
    throw new HealthPortError(`cannot serve health on ${address}:${port}: ${reason}; choose another port`, {
      cause: error,
    });
  }
}

async function answer(
  request: IncomingMessage,
  options: HealthOptions,
  clock: Clock,
  lag: EventLoopLag,
): Promise<Answer> {
  if (request.method !== 'GET' && request.method !== 'HEAD') return { status: 405, body: 'GET only' };
  switch (request.url?.split('?')[0]) {
    case '/healthz':
      if (lag.current() < MAX_LAG_MS) return probed(options, clock);
      return { status: 500, body: `the event loop was blocked for ${lag.current()} ms` };
    case '/readyz':
      return probed(options, clock);
    case '/metrics': {
      const { contentType, body } = await options.metrics.exposition();
      return { status: 200, contentType, body };
    }
    default:
      return { status: 404, body: 'only /healthz, /readyz and /metrics are here' };
  }
}

async function probed({ probe, log }: HealthOptions, clock: Clock): Promise<Answer> {
  const timeout = new Error(`Probe did not answer in ${PROBE_TIMEOUT_MS} ms`);
  const never = new AbortController().signal;
  const { signal, dispose } = withDeadline(clock, never, clock.now() + PROBE_TIMEOUT_MS, () => timeout);
  const tooLate = once(signal, 'abort').then(() => Promise.reject(timeout));
  tooLate.catch(() => {});
  try {
    const ready = await Promise.race([probe(signal), tooLate]);
    return ready ? { status: 200, body: 'ok' } : { status: 500, body: 'driver responded but is not ready' };
  } catch (error) {
    log.warn({ err: error }, 'a health probe failed');
    return { status: 500, body: error instanceof Error ? error.message : String(error) };
  } finally {
    dispose();
  }
}

function send(response: ServerResponse, { status, contentType, body }: Answer): void {
  response.writeHead(status, { 'content-type': contentType ?? 'text/plain; charset=utf-8' });
  response.end(body);
}
