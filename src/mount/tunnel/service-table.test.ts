import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createServiceTable } from './service-table.ts';
import type { TunnelSpec } from './tunnel-service.ts';

const spec = (accessPoint: string, host = '10.0.1.7'): TunnelSpec => ({
  connect: { host, port: 2049 },
  checkHost: 'fs-1.efs.eu-west-1.amazonaws.com',
  client: { fileSystem: 'fs-1', accessPoint },
});
const nothing = new Set<number>();

test('mounts that nothing tells apart share a service, all others have their own', () => {
  const table = createServiceTable([]);
  const ports = [spec('a'), spec('b'), spec('a'), spec('a', '10.0.2.7')].map(
    (one) => table.take(one, nothing).service.port,
  );
  assert.deepEqual(ports, [20049, 20050, 20049, 20051]);
  assert.deepEqual(table.specAt(20050), spec('b'));
});

test('the order in which a client is described makes no difference', () => {
  const table = createServiceTable([]);
  const { client } = spec('a');
  const turned = Object.fromEntries(Object.entries(client).reverse());
  const first = table.take(spec('a'), nothing).service.port;
  assert.equal(table.take({ ...spec('a'), client: turned }, nothing).service.port, first);
});

test('a port that something else uses is passed over, and none is given out twice', () => {
  const table = createServiceTable([{ port: 20050, spec: spec('old') }], { start: 20049, end: 20053 });
  assert.equal(table.take(spec('a'), new Set([20049])).service.port, 20051);
  assert.equal(table.take(spec('b'), nothing).service.port, 20049);
  assert.equal(table.take(spec('c'), nothing).service.port, 20052);
  assert.throws(() => table.take(spec('d'), nothing), /available port in the range \[20049, 20053\)/);
});

test('a service stays while a caller holds it or the kernel has a mount through it', () => {
  const table = createServiceTable([]);
  const { service, release } = table.take(spec('a'), nothing);
  for (let look = 0; look < 5; look++) assert.deepEqual(table.retire(nothing), []);
  release();
  for (let look = 0; look < 5; look++) assert.deepEqual(table.retire(new Set([service.port])), []);
  assert.deepEqual(table.retire(nothing), [], 'a first look may come between two mounts');
  assert.deepEqual(table.retire(nothing), [service]);
  assert.deepEqual(table.services(), []);
});

test('the port of a leaving service is free only once it is forgotten', () => {
  const table = createServiceTable([{ port: 20049, spec: spec('a') }]);
  table.retire(nothing);
  table.retire(nothing);
  assert.equal(table.take(spec('a'), nothing).service.port, 20050);
  table.forget(20049);
  assert.equal(table.take(spec('b'), nothing).service.port, 20049);
});

test('releasing twice gives up one hold only', () => {
  const table = createServiceTable([]);
  const first = table.take(spec('a'), nothing);
  table.take(spec('a'), nothing);
  first.release();
  first.release();
  table.retire(nothing);
  assert.deepEqual(table.retire(nothing), []);
});
