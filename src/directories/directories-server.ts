import { chmod } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Log } from '../telemetry/log.ts';
import type { Answer, Jobs } from './jobs.ts';
import { isOrderName, parseOrder, stringify } from './wire.ts';

export interface DirectoriesServer {
  /** Answers what is waited for with "still at work"; does not end the work. */
  close(): Promise<void>;
}

/** The paths of ten thousand access points fit. */
const longestBody = 4_194_304;
const longestWaitMs = 25_000;

/**
 * Serves orders at a Unix socket: `POST /v1/<order>?wait=<ms>` with the order as JSON. Whoever may write to the socket
 * may have directories removed, so it is its owner's and its group's.
 */
export async function serveDirectories(options: {
  readonly socketPath: string;
  readonly mode: number;
  readonly jobs: Jobs;
  /** File system types that may be mounted. */
  readonly fsTypes: readonly string[];
  readonly log: Log;
}): Promise<DirectoriesServer> {
  const { socketPath, mode, jobs, fsTypes, log } = options;
  const server = createServer((request, response) => {
    answer(request, jobs, fsTypes).then(
      ({ status, body }) => send(response, status, body),
      (error: unknown) => {
        log.error({ err: error }, 'an order could not be answered');
        send(response, 500, { error: { code: 'internal', message: String(error) } });
      },
    );
  });
  server.requestTimeout = 10_000;
  // Between bind(2) and chmod(2) nobody else may reach it.
  const umask = process.umask(0o177);
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(socketPath, resolve);
    });
  } finally {
    process.umask(umask);
  }
  await chmod(socketPath, mode);
  return {
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function answer(
  request: IncomingMessage,
  jobs: Jobs,
  fsTypes: readonly string[],
): Promise<{ readonly status: number; readonly body: unknown }> {
  const url = new URL(request.url ?? '/', 'http://directories');
  if (request.method === 'GET' && url.pathname === '/healthz') return { status: 200, body: { done: 'ok' } };
  const name = /^\/v1\/(\w+)$/.exec(url.pathname)?.[1] ?? '';
  if (request.method !== 'POST' || !isOrderName(name)) return refuse(404, `no order at ${url.pathname}`);
  const text = await readBody(request);
  if (text === undefined) return refuse(413, `an order has at most ${longestBody} bytes`);
  try {
    const order = parseOrder(name, JSON.parse(text));
    if (!fsTypes.includes(order.mount.fsType))
      return refuse(
        400,
        `file systems of type ${order.mount.fsType} are not served; ${fsTypes.join(', ')} are`,
      );
    const waitMs = Math.min(longestWaitMs, Number(url.searchParams.get('wait')) || 0);
    return { status: 200, body: await jobs.ask(order, waitMs) };
  } catch (error) {
    return refuse(400, `not an order: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function refuse(status: number, message: string): { readonly status: number; readonly body: Answer } {
  return { status, body: { error: { code: 'invalid-argument', message } } };
}

async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > longestBody) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(stringify(body));
}
