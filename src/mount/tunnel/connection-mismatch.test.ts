import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectionMismatch, hexAddress, mountedPort } from './connection-mismatch.ts';

const mounted = (addr: string, port: number) => ({
  fsType: 'nfs4',
  source: '127.0.0.1:/',
  device: '0:45',
  superOptions: ['rw', 'vers=4.1', `port=${port}`, `addr=${addr}`],
});
const volumes = new Map([['0:45', { address: '7f000001', port: 20049 }]]);

test('a mount that uses the connection it was made for is fine', () => {
  assert.equal(connectionMismatch(mounted('127.0.0.1', 20049), volumes), undefined);
});

test('one that was joined to the connection of another mount is told so', () => {
  assert.match(
    connectionMismatch(mounted('127.0.0.1', 20050), volumes) ?? '',
    /port 20049 instead of 20050; .* identity/,
  );
  assert.match(connectionMismatch(mounted('10.0.1.7', 20049), volumes) ?? '', /identity/);
});

test('one whose connection is not known is not taken for fine', () => {
  assert.match(connectionMismatch(mounted('127.0.0.1', 20049), new Map()) ?? '', /does not tell/);
});

test('addresses are written as the kernel writes them', () => {
  assert.equal(hexAddress('10.0.1.7'), '0a000107');
  assert.equal(hexAddress('fd00::1:7'), 'fd000000000000000000000000010007');
  assert.equal(hexAddress('::1'), `${'0'.repeat(31)}1`);
});

test("NFS' own port, which the kernel does not show, is 2049", () => {
  assert.equal(mountedPort(['rw', 'vers=4.1']), 2049);
});
