import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { ExecRequest, PodRuntime } from '../../pod-runtime.ts';
import { authenticate } from '../http/authenticate.ts';
import type { RequestServices } from '../http/handle-request.ts';
import { parseRequestTarget, type RequestTarget } from '../http/request-target.ts';
import {
  badRequest,
  failureStatus,
  objectNotFound,
  pathNotFound,
  StatusError,
} from '../http/status-error.ts';
import type { ServerState } from '../server-state.ts';
import { connectSession, execProtocols, finish } from './exec-channels.ts';
import { requireRuntime, statusOfRuntimeError } from './logs.ts';

const webSockets = new WebSocketServer({
  noServer: true,
  handleProtocols: (offered) => execProtocols.find((one) => offered.has(one)) ?? false,
});

/** `kubectl exec` over WebSocket. Every other upgrade is refused with a Status that says what to use. */
export async function handleUpgrade(
  { state, closing }: RequestServices,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): Promise<void> {
  socket.on('error', () => {});
  try {
    const { exec, runtime } = planExec(state, request);
    const webSocket = await new Promise<WebSocket>((resolve) =>
      webSockets.handleUpgrade(request, socket, head, resolve),
    );
    // From here on errors travel on the error channel: kubectl would take a failed upgrade for a server without WebSocket.
    const end = () => webSocket.terminate();
    closing.addEventListener('abort', end, { once: true });
    await run(state, webSocket, runtime, exec).finally(() => closing.removeEventListener('abort', end));
  } catch (error) {
    refuse(state, socket, error);
  }
}

async function run(
  state: ServerState,
  webSocket: WebSocket,
  runtime: PodRuntime,
  exec: ExecRequest,
): Promise<void> {
  webSocket.on('error', () => {});
  try {
    const session = await runtime.exec(exec);
    await connectSession(webSocket, session);
  } catch (error) {
    finish(webSocket, failureStatus(asStatusError(state, error)));
  }
}

interface ExecPlan {
  readonly exec: ExecRequest;
  readonly runtime: PodRuntime;
}

/** Checks everything that can be checked before the connection changes its protocol. */
function planExec(state: ServerState, request: IncomingMessage): ExecPlan {
  const url = new URL(request.url ?? '/', 'https://localhost');
  authenticate(request.headers, state.tokens);
  refuseOtherStreams(url.pathname);
  const target = parseRequestTarget(url.pathname, state.registry);
  if (target?.subresource !== 'exec') throw pathNotFound();
  const exec = readExec(target, url.searchParams);
  if (state.store.get('/pods', exec.namespace, exec.pod) === undefined)
    throw objectNotFound(target.definition, exec.pod);
  const runtime = requireRuntime(state);
  if (request.headers.upgrade?.toLowerCase() !== 'websocket') {
    throw badRequest(
      'the sandbox runs commands over WebSocket only, not over SPDY: use kubectl 1.30 or newer, without KUBECTL_REMOTE_COMMAND_WEBSOCKETS=false',
    );
  }
  return { exec, runtime };
}

/** @throws StatusError for `kubectl attach` and `kubectl port-forward`. */
export function refuseOtherStreams(path: string): void {
  const stream = /^\/api\/v1\/namespaces\/[^/]+\/pods\/[^/]+\/(attach|portforward|proxy)$/.exec(path)?.[1];
  if (stream === undefined) return;
  throw new StatusError(
    'NotFound',
    `the sandbox does not serve pods/${stream}: kubectl exec and kubectl logs are there`,
    {},
  );
}

function readExec({ namespace = '', name = '' }: RequestTarget, query: URLSearchParams): ExecRequest {
  const command = query.getAll('command');
  if (command.length === 0) throw badRequest('you must specify at least 1 command for the container');
  const isTrue = (key: string) => ['true', '1'].includes(query.get(key) ?? '');
  return {
    namespace,
    pod: name,
    container: query.get('container') || undefined,
    command,
    stdin: isTrue('stdin'),
    tty: isTrue('tty'),
  };
}

function asStatusError(state: ServerState, error: unknown): StatusError {
  const known = statusOfRuntimeError(error);
  if (known instanceof StatusError) return known;
  state.log.error({ err: error }, 'a command in a pod could not be run');
  const message = error instanceof Error ? error.message : String(error);
  return new StatusError('InternalError', `Internal error occurred: ${message}`);
}

function refuse(state: ServerState, socket: Duplex, error: unknown): void {
  const status = asStatusError(state, error);
  const body = JSON.stringify(failureStatus(status));
  const head = [
    `HTTP/1.1 ${status.code} ${status.reason}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
