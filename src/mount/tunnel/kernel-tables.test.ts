import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { parseServers, parseVolumes } from './nfs-connections.ts';
import { parseTcpPorts, readTcpPorts } from './tcp-ports.ts';

// Copied from a Linux 6.1 with three mounts, two of them through a tunnel.
const servers = `NV SERVER   PORT USE HOSTNAME
v4 7f000001 4e51   2 127.0.0.1
v4 7f000001 4e52   1 127.0.0.1
v4 0a000107  801   1 10.0.1.7
`;
const volumes = `NV SERVER   PORT DEV          FSID                              FSC
v4 7f000001 4e51 0:45         0:0                               no
v4 0a000107  801 0:52         3f2b1c00a1:0                      no
`;

test('servers and volumes of the NFS client are read with their hexadecimal ports', () => {
  assert.deepEqual(parseServers(servers), [
    { address: '7f000001', port: 20049 },
    { address: '7f000001', port: 20050 },
    { address: '0a000107', port: 2049 },
  ]);
  assert.deepEqual(
    [...parseVolumes(volumes)],
    [
      ['0:45', { address: '7f000001', port: 20049 }],
      ['0:52', { address: '0a000107', port: 2049 }],
    ],
  );
});

test('a kernel that has loaded no NFS client has no connections', () => {
  assert.deepEqual(parseServers(''), []);
  assert.deepEqual([...parseVolumes('')], []);
});

test('listening ports are told from those of connections', () => {
  const text = `  sl  local_address rem_address   st tx_queue rx_queue
   0: 0100007F:4E51 00000000:0000 0A 00000000:00000000 00:00000000
   1: 0100007F:4E52 0100007F:0801 01 00000000:00000000 00:00000000
   2: 00000000000000000000000001000000:1F90 00000000000000000000000000000000:0000 0A 0:0
`;
  const { listening, used } = parseTcpPorts(text);
  assert.deepEqual([...listening], [20049, 8080]);
  assert.deepEqual([...used], [20049, 20050, 8080]);
});

test("this machine's own table shows a port as soon as it listens", async (t) => {
  const server = createServer();
  t.after(() => server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  assert.ok(readTcpPorts().listening.has(address.port));
});
