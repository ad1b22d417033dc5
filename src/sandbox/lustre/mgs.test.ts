import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { silentLog } from '../../telemetry/log.ts';
import { freePort } from '../testing/free-port.ts';
import { startMgs } from './mgs.ts';

async function reachable(address: string, port: number): Promise<boolean> {
  const socket = connect(port, address);
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

test('an MGS is reachable exactly while its file system exists', async () => {
  const port = await freePort('127.66.1.1');
  const mgs = await startMgs({ port, addresses: ['127.66.1.1'], log: silentLog });
  assert.deepEqual([await reachable('127.66.1.1', port), await reachable('127.66.1.2', port)], [true, false]);
  await mgs.setAddresses(['127.66.1.2']);
  assert.deepEqual([await reachable('127.66.1.1', port), await reachable('127.66.1.2', port)], [false, true]);
  await mgs.close();
  assert.equal(await reachable('127.66.1.2', port), false);
});

test('an address that cannot be bound at the start is an error, and nothing stays listening', async () => {
  const port = await freePort('127.66.1.1');
  await assert.rejects(startMgs({ port, addresses: ['127.66.1.1', '203.0.113.9'], log: silentLog }), {
    code: 'EADDRNOTAVAIL',
  });
  assert.equal(await reachable('127.66.1.1', port), false);
});

test('an address that cannot be bound later is logged and leaves the others alone', async () => {
  const port = await freePort('127.66.1.1');
  const warnings: object[] = [];
  const log = { ...silentLog, warn: (fields: object) => void warnings.push(fields) };
  const mgs = await startMgs({ port, addresses: [], log });
  await mgs.setAddresses(['203.0.113.9', '127.66.1.1']);
  assert.equal(await reachable('127.66.1.1', port), true);
  assert.equal(warnings.length, 1);
  await mgs.close();
});
