import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { test } from 'node:test';
import { tcpProbe } from './tcp-probe.ts';

test('a service that listens is there; one that does not, or a caller that left, is not', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  assert.equal(await tcpProbe('127.0.0.1', port, new AbortController().signal), true);
  assert.equal(await tcpProbe('127.0.0.1', port, AbortSignal.abort()), false);
  server.close();
  await once(server, 'close');
  assert.equal(await tcpProbe('127.0.0.1', port, new AbortController().signal), false);
});
