import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { Log } from '../../../telemetry/log.ts';

export interface HttpsServerOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly tls: { readonly cert: string; readonly key: string };
  readonly log: Log;
}

export interface HttpReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** How one simulated cloud speaks HTTP. */
export interface HttpFace {
  /** For the log, e.g. `AWS`. */
  readonly cloud: string;
  /** `lost`: the request took effect and the connection is to be reset. */
  answer(request: IncomingMessage): Promise<HttpReply | 'lost'>;
  /** What is said where `answer` throws, which is an error of the sandbox. */
  broken(request: IncomingMessage): HttpReply;
}

export interface RunningServer {
  /** Without a slash at the end. */
  readonly url: string;
  close(): Promise<void>;
}

/** Serves a simulated cloud over HTTPS; resolves when it listens. */
export async function listenHttps(options: HttpsServerOptions, face: HttpFace): Promise<RunningServer> {
  const { cert, key } = options.tls;
  const server = createServer({ cert, key }, (incoming, outgoing) => {
    serve(incoming, outgoing, face, options.log).catch((error: unknown) => {
      options.log.error(
        { err: error, path: incoming.url },
        `the simulated ${face.cloud} failed at a request`,
      );
      if (outgoing.headersSent) outgoing.destroy();
      else send(outgoing, face.broken(incoming));
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

async function serve(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  face: HttpFace,
  log: Log,
): Promise<void> {
  const started = performance.now();
  const reply = await face.answer(incoming);
  const status = reply === 'lost' ? reply : reply.status;
  const milliseconds = Math.round(performance.now() - started);
  log.debug({ method: incoming.method, path: incoming.url, status, milliseconds }, 'served');
  if (reply === 'lost') incoming.socket.destroy();
  else send(outgoing, reply);
}

function send(outgoing: ServerResponse, { status, headers, body }: HttpReply): void {
  // RFC 9110, 8.6: an answer without content has no length.
  const length = status === 204 ? {} : { 'Content-Length': Buffer.byteLength(body) };
  outgoing.writeHead(status, { ...length, ...headers }).end(body);
}
