import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { systemClock } from '../../async/clock.ts';
import { openTunnel } from '../../mount/tunnel/open-tunnel.ts';
import { selfSignedCertificate } from '../../mount/tunnel/self-signed-certificate.ts';
import { readTcpPorts } from '../../mount/tunnel/tcp-ports.ts';
import { silentLog } from '../../telemetry/log.ts';
import { freePort } from '../testing/free-port.ts';
import { endTunnel } from './end-tunnel.ts';
import { standInStunnel } from './stand-in-stunnel.ts';

test('without stunnel the node plugin finds a stand-in that listens, follows SIGHUP and ends with the sandbox', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'berth-stand-in-'));
  const program = join(directory, 'stunnel');
  const stateDir = join(directory, 'state');
  await writeFile(program, standInStunnel(process.execPath), { mode: 0o755 });
  const start = await freePort('127.0.0.1');
  const tunnel = await openTunnel({
    stateDir,
    program,
    trusted: '',
    portRange: { start, end: start + 20 },
    certify: async (_client, key) =>
      selfSignedCertificate(key, {
        commonName: 'node',
        notBefore: new Date(),
        notAfter: new Date(Date.now() + 3 * 3_600_000),
        extensions: [],
      }),
    clock: systemClock,
    log: silentLog,
  });
  t.after(async () => {
    await tunnel.close();
    endTunnel(stateDir);
    await rm(directory, { recursive: true, force: true });
  });
  const open = (name: string) =>
    tunnel.open({ connect: { host: '127.0.0.1', port: 1 }, checkHost: 'any', client: { name } });
  const ports = [(await open('a')).port, (await open('b')).port];
  for (const port of ports) assert.ok(readTcpPorts().listening.has(port));

  await tunnel.close();
  endTunnel(stateDir);
  while (ports.some((port) => readTcpPorts().listening.has(port))) await systemClock.sleep(5);
});
