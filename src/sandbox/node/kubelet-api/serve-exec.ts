import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { failureStatus, StatusError } from '../../apiserver/http/status-error.ts';
import { connectSession, execProtocols, finish } from '../../apiserver/streaming/exec-channels.ts';
import { PodRuntimeError } from '../../pod-runtime.ts';
import { isSpdyExec, serveSpdyExec } from './spdy/serve-spdy-exec.ts';
import type { KubeletRequest } from './start-kubelet-api.ts';

const webSockets = new WebSocketServer({
  noServer: true,
  handleProtocols: (offered) => execProtocols.find((one) => offered.has(one)) ?? false,
});

/** An upgrade that is under way. */
export interface Upgrade {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
  readonly closing: AbortSignal;
}

/** `/exec/NAMESPACE/POD/CONTAINER`: the command's streams over one connection. Throws PodRuntimeError before it is upgraded. */
export async function serveExec(
  { pods, namespace, pod, container, query }: KubeletRequest,
  { request, socket, head, closing }: Upgrade,
): Promise<void> {
  const command = query.getAll('command');
  if (command.length === 0) throw new PodRuntimeError(400, 'you must specify at least 1 command');
  const isSet = (name: string) => ['1', 'true'].includes(query.get(name) ?? '');
  const wanted = {
    namespace,
    pod,
    container,
    command,
    stdin: isSet('input') || isSet('stdin'),
    tty: isSet('tty'),
  };
  const upgrade = { request, socket, head, closing };
  if (isSpdyExec(upgrade)) {
    const asked = [
      ...(wanted.stdin ? ['stdin'] : []),
      ...(isSet('output') || isSet('stdout') ? ['stdout'] : []),
      ...((isSet('error') || isSet('stderr')) && !wanted.tty ? ['stderr'] : []),
      ...(wanted.tty ? ['resize'] : []),
    ];
    return serveSpdyExec(upgrade, await pods.exec(wanted), ['error', ...asked]);
  }
  if (request.headers.upgrade?.toLowerCase() !== 'websocket')
    throw new PodRuntimeError(
      400,
      'commands are run over WebSocket, or over SPDY/3.1 with v4.channel.k8s.io',
    );
  const session = await pods.exec(wanted);
  const webSocket = await new Promise<WebSocket>((resolve) =>
    webSockets.handleUpgrade(request, socket, head, resolve),
  );
  webSocket.on('error', () => {});
  const end = () => webSocket.terminate();
  closing.addEventListener('abort', end, { once: true });
  try {
    await connectSession(webSocket, session);
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    finish(webSocket, failureStatus(new StatusError('InternalError', message, undefined, { cause })));
  } finally {
    closing.removeEventListener('abort', end);
  }
}
