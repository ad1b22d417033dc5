import type { RawData, WebSocket } from 'ws';
import type { ExecSession } from '../../pod-runtime.ts';
import type { Status } from '../http/status-error.ts';

/** Subprotocols of Kubernetes' remote commands, the newest first: the first byte of each message names its channel. */
export const execProtocols = ['v5.channel.k8s.io', 'v4.channel.k8s.io'] as const;

const channel = { stdin: 0, stdout: 1, stderr: 2, error: 3, resize: 4, close: 255 } as const;

/** Connects a running command with its client until the command ends or the client is gone. */
export async function connectSession(socket: WebSocket, session: ExecSession): Promise<void> {
  socket.on('message', (data: RawData) => receive(session, toBuffer(data)));
  socket.on('close', () => session.kill());
  // A client that is cut off in the middle of its input must not take the process down.
  session.stdin?.on('error', () => {});
  const outputs = [send(socket, channel.stdout, session.stdout)];
  if (session.stderr !== undefined) outputs.push(send(socket, channel.stderr, session.stderr));
  const [code] = await Promise.all([session.exitCode, ...outputs]);
  finish(socket, exitStatus(code));
}

/** Sends the outcome, which the client waits for, and closes. */
export function finish(socket: WebSocket, status: Status): void {
  if (socket.readyState !== socket.OPEN) return;
  socket.send(message(channel.error, Buffer.from(JSON.stringify(status))));
  socket.close(1000);
}

function receive(session: ExecSession, data: Buffer): void {
  const rest = data.subarray(1);
  switch (data[0]) {
    case channel.stdin:
      if (rest.length > 0) session.stdin?.write(rest);
      return;
    case channel.resize:
      resize(session, rest);
      return;
    case channel.close:
      // v5: the client has no more of that channel.
      if (rest[0] === channel.stdin) session.stdin?.end();
  }
}

function resize(session: ExecSession, data: Buffer): void {
  try {
    const { Width, Height } = JSON.parse(data.toString()) as { Width: number; Height: number };
    session.resize(Width, Height);
  } catch {
    // A size that cannot be read leaves the terminal as it is.
  }
}

async function send(socket: WebSocket, id: number, stream: AsyncIterable<Buffer>): Promise<void> {
  for await (const chunk of stream) {
    if (socket.readyState !== socket.OPEN) return;
    // Waiting for the write keeps a slow client from filling the memory.
    await new Promise<void>((resolve) => socket.send(message(id, chunk), () => resolve()));
  }
}

function message(id: number, data: Buffer): Buffer {
  return Buffer.concat([Buffer.from([id]), data]);
}

function toBuffer(data: RawData): Buffer {
  if (Array.isArray(data)) return Buffer.concat(data);
  return Buffer.isBuffer(data) ? data : Buffer.from(data);
}

/** How a command ended, as every protocol of remote commands says it. */
export function exitStatus(code: number): Status {
  if (code === 0) return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success' };
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    reason: 'NonZeroExitCode',
    message: `command terminated with non-zero exit code: exit status ${code}`,
    details: { causes: [{ reason: 'ExitCode', message: String(code) }] },
  };
}
