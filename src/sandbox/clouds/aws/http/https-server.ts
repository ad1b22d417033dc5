import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { buffer } from 'node:stream/consumers';
import type { Log } from '../../../../telemetry/log.ts';
import type { AwsOutcome, AwsRequest } from './aws-request.ts';

export interface HttpsServerOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly tls: { readonly cert: string; readonly key: string };
  readonly log: Log;
}

export interface RunningServer {
  /** Without a slash at the end. */
  readonly url: string;
  close(): Promise<void>;
}

/** Serves `handle` over HTTPS, each answer with a request id as AWS gives them. */
export async function listenHttps(
  options: HttpsServerOptions,
  handle: (request: AwsRequest) => Promise<AwsOutcome>,
): Promise<RunningServer> {
  const { cert, key } = options.tls;
  const server = createServer({ cert, key }, (incoming, outgoing) => {
    answer(incoming, outgoing, handle, options.log).catch((error: unknown) => {
      options.log.error({ err: error, path: incoming.url }, 'the simulated AWS failed at a request');
      if (outgoing.headersSent) outgoing.destroy();
      else outgoing.writeHead(500, { 'x-amzn-ErrorType': 'InternalServerError' }).end('{}');
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
  handle: (request: AwsRequest) => Promise<AwsOutcome>,
  log: Log,
): Promise<void> {
  const started = performance.now();
  const outcome = await handle(awsRequest(incoming, await buffer(incoming)));
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
  outgoing.writeHead(outcome.status, {
    'x-amzn-RequestId': randomUUID(),
    ...(outcome.status === 204 ? {} : { 'Content-Length': Buffer.byteLength(outcome.body) }),
    ...outcome.headers,
  });
  outgoing.end(outcome.body);
}

function awsRequest(incoming: IncomingMessage, body: Buffer): AwsRequest {
  const { headers, method = 'GET', url = '/' } = incoming;
  const [path = '/', rawQuery = ''] = url.split(/\?(.*)/s);
  return {
    method,
    path,
    rawQuery,
    query: new URLSearchParams(rawQuery),
    header: (name) => {
      const value = headers[name];
      return Array.isArray(value) ? value.join(',') : value;
    },
    authorization: headers.authorization,
    body,
  };
}
