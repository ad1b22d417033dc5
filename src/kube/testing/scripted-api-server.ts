import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { type ClusterConfig, fixedCredentials } from '../cluster-config.ts';

/** A request as the server received it. */
export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
  /** Tells connections apart. */
  readonly clientPort: number | undefined;
}

/** Answers one request by hand: writes, waits, cuts. */
export type Answer = (request: ReceivedRequest, response: http.ServerResponse) => void | Promise<void>;

export interface ScriptedApiServer {
  readonly config: ClusterConfig;
  readonly url: string;
  readonly requests: readonly ReceivedRequest[];
  /** Resolves once `count` requests have come in. */
  received(count: number): Promise<void>;
  close(): Promise<void>;
}

export interface ScriptedServerOptions {
  readonly tls?: https.ServerOptions;
}

/** An HTTP(S) server on loopback that says what a test tells it to, for what no well-behaved API server does on demand. */
export async function startScriptedApiServer(
  answer: Answer,
  options: ScriptedServerOptions = {},
): Promise<ScriptedApiServer> {
  const requests: ReceivedRequest[] = [];
  const waiting: { count: number; resolve: () => void }[] = [];
  const listener = async (incoming: http.IncomingMessage, response: http.ServerResponse) => {
    const url = new URL(incoming.url ?? '/', 'http://server');
    const request = {
      method: incoming.method ?? '',
      path: url.pathname,
      query: url.searchParams,
      headers: incoming.headers,
      body: await text(incoming),
      clientPort: incoming.socket.remotePort,
    };
    requests.push(request);
    for (const waiter of waiting) if (requests.length >= waiter.count) waiter.resolve();
    await answer(request, response);
  };
  const server = options.tls ? https.createServer(options.tls, listener) : http.createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const url = `${options.tls ? 'https' : 'http'}://127.0.0.1:${port}`;
  return {
    url,
    config: { server: url, namespace: 'default', credentials: fixedCredentials({}) },
    requests,
    received: (count) =>
      requests.length >= count
        ? Promise.resolve()
        : new Promise((resolve) => waiting.push({ count, resolve })),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export function sendJson(response: http.ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

/** A `Status` answer in the API server's form. */
export function sendStatus(
  response: http.ServerResponse,
  code: number,
  reason: string,
  message: string = reason,
): void {
  sendJson(response, code, statusBody(code, reason, message));
}

export function statusBody(code: number, reason: string, message: string = reason): object {
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', code, reason, message };
}

/** Writes watch events, one line each; the response stays open. */
export function sendEvents(
  response: http.ServerResponse,
  ...events: readonly { readonly type: string; readonly object: unknown }[]
): void {
  if (!response.headersSent) response.writeHead(200, { 'content-type': 'application/json' });
  for (const event of events) response.write(`${JSON.stringify(event)}\n`);
}

export function bookmark(resourceVersion: string, initialEventsEnd = false) {
  const annotations = initialEventsEnd ? { 'k8s.io/initial-events-end': 'true' } : {};
  return { type: 'BOOKMARK', object: { metadata: { resourceVersion, annotations } } };
}
