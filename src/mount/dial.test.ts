import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { test } from 'node:test';
import { dial } from './dial.ts';

const never = new AbortController().signal;

test('a port that listens is reached, and the connection is closed again', async () => {
  const server = createServer((socket) => socket.resume());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const connected = once(server, 'connection');
  await dial('127.0.0.1', (server.address() as AddressInfo).port, never);
  await connected;
  server.close();
  await once(server, 'close'); // Comes only when no connection is left.
});

test('a port that nobody listens on is refused with the system error', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  await assert.rejects(dial('127.0.0.1', port, never), { code: 'ECONNREFUSED' });
});

test('an abort ends the attempt with its reason, before and during it', async () => {
  const reason = new Error('deadline');
  await assert.rejects(dial('127.0.0.1', 9, AbortSignal.abort(reason)), reason);
  const abort = new AbortController();
  const attempt = dial('127.0.0.1', 9, abort.signal);
  abort.abort(reason);
  await assert.rejects(attempt, reason);
});
