import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { RequestServices } from '../http/handle-request.ts';

export async function handleUpgrade(
  _services: RequestServices,
  _request: IncomingMessage,
  socket: Duplex,
  _head: Buffer,
): Promise<void> {
  socket.destroy();
}
