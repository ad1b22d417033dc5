import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { TestAuthority } from './test-authority.ts';

export interface SeenRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
}

export type ScriptedAnswer =
  | { readonly status: number; readonly headers?: Record<string, string>; readonly body?: unknown }
  /** The request is read whole, then the connection breaks: the client cannot know what became of it. */
  | 'reset'
  /** The request is read and nothing follows. */
  | 'silence';

export type Script = (request: SeenRequest, index: number) => ScriptedAnswer | Promise<ScriptedAnswer>;

export interface ScriptedServer extends AsyncDisposable {
  /** `https://127.0.0.1:<port>` */
  readonly origin: string;
  readonly requests: readonly SeenRequest[];
}

export interface ScriptedServerOptions {
  readonly authority: TestAuthority;
  /** Besides 127.0.0.1. */
  readonly dnsNames?: readonly string[];
}

/** An HTTPS server on loopback that answers as the script says, in turn where the script is a list. */
export async function startScriptedServer(
  script: Script | readonly ScriptedAnswer[],
  options: ScriptedServerOptions,
): Promise<ScriptedServer> {
  const answer: Script =
    typeof script === 'function' ? script : (_request, index) => script[index] ?? unscripted;
  const requests: SeenRequest[] = [];
  const server = createServer(await options.authority.issue(...(options.dnsNames ?? [])));
  server.on('request', (request, response) => void serve(request, response, answer, requests));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

const unscripted: ScriptedAnswer = {
  status: 400,
  body: { error: { code: 'Unscripted', message: 'the test did not expect this request' } },
};

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  script: Script,
  requests: SeenRequest[],
): Promise<void> {
  const body = await text(request);
  const seen: SeenRequest = {
    method: request.method ?? '',
    path: request.url ?? '',
    headers: request.headers,
    body: request.headers['content-type']?.startsWith('application/json') ? JSON.parse(body) : body,
  };
  requests.push(seen);
  const answer = await script(seen, requests.length - 1);
  if (answer === 'silence') return;
  if (answer === 'reset') {
    request.socket.destroy();
    return;
  }
  response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers });
  response.end(answer.body === undefined ? undefined : JSON.stringify(answer.body));
}
