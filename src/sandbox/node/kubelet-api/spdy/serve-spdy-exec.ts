import type { Readable } from 'node:stream';
import { exitStatus } from '../../../apiserver/streaming/exec-channels.ts';
import type { ExecSession } from '../../../pod-runtime.ts';
import type { Upgrade } from '../serve-exec.ts';
import { type SpdyStream, serveSpdy } from './connection.ts';

/** The one protocol of remote commands that every client of a kubelet still speaks: its outcome is a Status. */
const PROTOCOL = 'v4.channel.k8s.io';

/**
 * The client ends the connection once it has read everything; Go's SPDY throws away what it has not yet read when the
 * other side ends it. This is for clients that stay.
 */
const LEAVE_MS = 10_000;

/** Whether the client's upgrade is one that `serveSpdyExec` can answer. */
export function isSpdyExec({ request }: Upgrade): boolean {
  return (
    request.headers.upgrade?.toLowerCase() === 'spdy/3.1' &&
    offeredProtocols(request.headers).includes(PROTOCOL)
  );
}

function offeredProtocols(headers: Upgrade['request']['headers']): readonly string[] {
  return [headers['x-stream-protocol-version'] ?? []].flat().flatMap((one) => one.split(/, */));
}

/** A command over SPDY/3.1, which kube-apiserver before 1.36 speaks to its nodes. It is connected once `needed` streams are there. */
export async function serveSpdyExec(
  { socket, head, closing }: Upgrade,
  session: ExecSession,
  needed: readonly string[],
): Promise<void> {
  const end = () => socket.destroy();
  closing.addEventListener('abort', end, { once: true });
  socket.write(
    [
      'HTTP/1.1 101 Switching Protocols',
      'Connection: Upgrade',
      'Upgrade: SPDY/3.1',
      `X-Stream-Protocol-Version: ${PROTOCOL}`,
      '\r\n',
    ].join('\r\n'),
  );
  const streams = new Map<string, SpdyStream>();
  try {
    await serveSpdy(socket, head, (stream) => {
      streams.set(stream.headers.get('streamtype') ?? '', stream);
      if (needed.every((type) => streams.has(type)))
        void connect(session, streams).then(() => setTimeout(() => socket.end(), LEAVE_MS).unref());
    });
  } finally {
    closing.removeEventListener('abort', end);
    session.kill();
    socket.destroy();
  }
}

async function connect(session: ExecSession, streams: ReadonlyMap<string, SpdyStream>): Promise<void> {
  const { stdin } = session;
  stdin?.on('error', () => {});
  if (stdin !== undefined) streams.get('stdin')?.incoming.pipe(stdin);
  streams.get('resize')?.incoming.on('data', (data: Buffer) => resize(session, data));
  const [code] = await Promise.all([
    session.exitCode,
    copy(session.stdout, streams.get('stdout')),
    copy(session.stderr, streams.get('stderr')),
  ]);
  await streams.get('error')?.send(Buffer.from(JSON.stringify(exitStatus(code))), true);
}

async function copy(from: Readable | undefined, to: SpdyStream | undefined): Promise<void> {
  for await (const chunk of from ?? []) await to?.send(chunk as Buffer, false);
  await to?.send(Buffer.alloc(0), true);
}

function resize(session: ExecSession, data: Buffer): void {
  try {
    const { Width, Height } = JSON.parse(data.toString()) as { Width: number; Height: number };
    session.resize(Width, Height);
  } catch {
    // A size that cannot be read leaves the terminal as it is.
  }
}
