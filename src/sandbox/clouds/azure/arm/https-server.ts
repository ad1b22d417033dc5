import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { Log } from '../../../../telemetry/log.ts';
import { ArmError, armErrorBody } from './arm-error.ts';
import type { ArmRequest, ArmResponse } from './arm-request.ts';
import type { ArmOutcome } from './serve-arm.ts';

/** ARM takes bodies of four mebibytes. */
const LARGEST_BODY = 4 * 2 ** 20;

export interface HttpsServerOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly tls: { readonly cert: string; readonly key: string };
  readonly log: Log;
}

/** Serves `handle` over HTTPS with the headers every answer of ARM has. */
export async function listenHttps(
  options: HttpsServerOptions,
  handle: (request: ArmRequest) => Promise<ArmOutcome>,
): Promise<{ readonly url: string; close(): Promise<void> }> {
  const { cert, key } = options.tls;
  const server = createServer({ cert, key }, (incoming, outgoing) => {
    answer(incoming, outgoing, handle, options.log).catch((error: unknown) => {
      options.log.error({ err: error, path: incoming.url }, 'the simulated Azure failed at a request');
      if (outgoing.headersSent) outgoing.destroy();
      else
        send(
          incoming,
          outgoing,
          errorResponse(500, 'InternalServerError', 'The sandbox failed; see its log.'),
        );
    });
  });
  server.listen(options.port, options.host);
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no TCP address');
  const host = options.host.includes(':') ? `[${options.host}]` : options.host;
  return {
    url: `https://${host}:${address.port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  handle: (request: ArmRequest) => Promise<ArmOutcome>,
  log: Log,
): Promise<void> {
  const started = performance.now();
  const body = await readBody(incoming);
  const request = body === undefined ? undefined : armRequest(incoming, body);
  const outcome = body === undefined ? tooLarge() : request === undefined ? badUri() : await handle(request);
  log.debug(
    {
      method: incoming.method,
      path: incoming.url,
      status: outcome === 'lost' ? 'lost' : outcome.status,
      milliseconds: Math.round(performance.now() - started),
    },
    'served',
  );
  if (outcome === 'lost') {
    incoming.socket.destroy();
    return;
  }
  send(incoming, outgoing, outcome);
}

/** Undefined where the host or the path is none. */
function armRequest(incoming: IncomingMessage, body: Buffer): ArmRequest | undefined {
  const { headers } = incoming;
  const baseUrl = `https://${headers.host ?? 'localhost'}`;
  const url = URL.parse(incoming.url ?? '/', baseUrl);
  if (url === null) return undefined;
  return {
    method: incoming.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    authorization: headers.authorization,
    contentType: headers['content-type'],
    body,
    baseUrl,
  };
}

/** The whole body, or undefined where it is larger than ARM takes; the rest is read and dropped. */
async function readBody(incoming: IncomingMessage): Promise<Buffer | undefined> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of incoming) {
    size += part.length;
    if (size <= LARGEST_BODY) parts.push(part);
  }
  return size <= LARGEST_BODY ? Buffer.concat(parts) : undefined;
}

function tooLarge(): ArmResponse {
  const message = `The request content size exceeds the maximum size of '${LARGEST_BODY}' bytes.`;
  return errorResponse(413, 'RequestContentTooLarge', message);
}

function badUri(): ArmResponse {
  return errorResponse(400, 'InvalidRequestUri', 'The request URI or its host is invalid.');
}

function errorResponse(status: number, code: string, message: string): ArmResponse {
  return { status, body: armErrorBody(new ArmError(status, code, message)) };
}

function send(incoming: IncomingMessage, outgoing: ServerResponse, response: ArmResponse): void {
  const text = response.body === undefined ? '' : JSON.stringify(response.body);
  outgoing.writeHead(response.status, {
    ...requestIds(incoming),
    'Cache-Control': 'no-cache',
    Pragma: 'no-cache',
    Expires: '-1',
    'Strict-Transport-Security': 'max-age=31536000; includeSubDomains',
    'X-Content-Type-Options': 'nosniff',
    ...(response.status === 204 ? {} : { 'Content-Length': Buffer.byteLength(text) }),
    ...(text === '' ? {} : { 'Content-Type': 'application/json; charset=utf-8' }),
    ...response.headers,
  });
  outgoing.end(text);
}

function requestIds({ headers }: IncomingMessage): Readonly<Record<string, string>> {
  const id = randomUUID();
  const client = headers['x-ms-client-request-id'];
  const wanted = headers['x-ms-return-client-request-id'] === 'true' && typeof client === 'string';
  const correlation = headers['x-ms-correlation-request-id'];
  return {
    'x-ms-request-id': id,
    'x-ms-correlation-request-id': typeof correlation === 'string' ? correlation : id,
    'x-ms-routing-request-id': `SANDBOX:${new Date().toISOString()}:${id}`,
    ...(wanted ? { 'x-ms-client-request-id': client } : {}),
  };
}
