import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { systemClock } from '../../async/clock.ts';
import { createFakeClock } from '../../async/testing/fake-clock.ts';
import { silentLog } from '../../telemetry/log.ts';
import { isRunning, type ProcessRecord, signalProcess } from '../process-record.ts';
import { until } from '../testing/until.ts';
import { openTunnel, type Tunnel, type TunnelOptions } from './open-tunnel.ts';
import { selfSignedCertificate } from './self-signed-certificate.ts';
import { readTcpPorts } from './tcp-ports.ts';
import { connectEcho } from './testing/echo-client.ts';
import { startTlsServer } from './testing/tls-server.ts';
import type { TunnelSpec } from './tunnel-service.ts';

const HOST = 'fs-1.efs.example';
const noStunnel = spawnSync('stunnel', ['-version']).error && 'stunnel is not installed (Debian: stunnel4)';

/** A server and a state directory; whatever tunnels are opened end with the test. */
async function setup(t: TestContext, overrides: Partial<TunnelOptions> = {}) {
  const server = await startTlsServer(HOST);
  const stateDir = await mkdtemp(join(tmpdir(), 'berth-tunnel-'));
  // Other tests on this machine have tunnels of their own.
  const start = randomInt(22_000, 32_000);
  let mounted: readonly number[] = [];
  const tunnels: Tunnel[] = [];
  const stunnel = async (): Promise<ProcessRecord> =>
    JSON.parse(await readFile(join(stateDir, 'stunnel.json'), 'utf8'));
  const open = async (more: Partial<TunnelOptions> = {}) => {
    const tunnel = await openTunnel({
      stateDir,
      trusted: server.certificate,
      certify: async ({ name = '' }, key) =>
        selfSignedCertificate(key, {
          commonName: name,
          notBefore: new Date(Date.now() - 60_000),
          notAfter: new Date(Date.now() + 3 * 3_600_000),
          extensions: [],
        }),
      clock: systemClock,
      log: silentLog,
      portRange: { start, end: start + 10 },
      nfsServers: () => mounted.map((port) => ({ address: '7f000001', port })),
      ...overrides,
      ...more,
    });
    tunnels.push(tunnel);
    return tunnel;
  };
  t.after(async () => {
    // First of all, or they would start the process again.
    for (const tunnel of tunnels) await tunnel.close();
    const record = await stunnel().catch(() => undefined);
    if (record !== undefined) signalProcess(record, 'SIGKILL');
    await server.close();
    await rm(stateDir, { recursive: true, force: true });
  });
  const spec = (name: string): TunnelSpec => ({
    connect: { host: '127.0.0.1', port: server.port },
    checkHost: HOST,
    client: { name },
  });
  const mount = (...ports: number[]) => {
    mounted = ports;
  };
  return { server, stateDir, open, spec, stunnel, mount };
}

const echo = async (port: number, text: string) => {
  const client = await connectEcho(port);
  try {
    return await client.ask(text);
  } finally {
    client.close();
  }
};

test('a mount that comes later has its own certificate and leaves earlier connections alone', {
  skip: noStunnel,
}, async (t) => {
  const { server, open, spec, stunnel } = await setup(t);
  const tunnel = await open();
  const first = await tunnel.open(spec('access-point-1'));
  const connection = await connectEcho(first.port);
  assert.equal(await connection.ask('before'), 'before');
  const { pid } = await stunnel();

  const others = await Promise.all(
    ['access-point-2', 'access-point-3'].map((name) => tunnel.open(spec(name))),
  );
  for (const { port } of others) assert.equal(await echo(port, 'hello'), 'hello');
  assert.equal(await connection.ask('after'), 'after');
  assert.deepEqual(server.clients, ['access-point-1', 'access-point-2', 'access-point-3']);
  assert.equal((await stunnel()).pid, pid, 'one process for all');
  connection.close();
});

test('the next run of the plugin takes over the process and its connections', {
  skip: noStunnel,
}, async (t) => {
  const { open, spec, stunnel } = await setup(t);
  const earlier = await open();
  const { port } = await earlier.open(spec('a'));
  const connection = await connectEcho(port);
  const before = await stunnel();
  await earlier.close();

  const later = await open();
  assert.equal((await later.open(spec('a'))).port, port);
  assert.equal((await later.open(spec('b'))).port, port + 1);
  assert.equal(await connection.ask('still there'), 'still there');
  assert.deepEqual(await stunnel(), before);
  connection.close();
});

test('where the process has ended with the plugin, the next run serves the same ports again', {
  skip: noStunnel,
}, async (t) => {
  const { open, spec, stunnel } = await setup(t);
  const earlier = await open();
  const { port } = await earlier.open(spec('a'));
  await earlier.close();
  const record = await stunnel();
  signalProcess(record, 'SIGKILL');
  await until(() => !isRunning(record) && !readTcpPorts().listening.has(port));

  await open();
  await until(() => readTcpPorts().listening.has(port));
  assert.equal(await echo(port, 'again'), 'again');
});

test('a crashed process is started again with the services it had', { skip: noStunnel }, async (t) => {
  const { open, spec, stunnel } = await setup(t);
  const tunnel = await open();
  const { port } = await tunnel.open(spec('a'));
  const record = await stunnel();
  signalProcess(record, 'SIGKILL');
  await until(() => !isRunning(record) && !readTcpPorts().listening.has(port));
  await until(() => readTcpPorts().listening.has(port));
  assert.equal(await echo(port, 'again'), 'again');
});

test('a server whose certificate bears another name gets nothing', { skip: noStunnel }, async (t) => {
  const { server, open, spec } = await setup(t);
  const tunnel = await open();
  const { port } = await tunnel.open({ ...spec('a'), checkHost: 'fs-2.efs.example' });
  await assert.rejects(echo(port, 'secret'));
  assert.equal(server.clients.filter((name) => name === 'a').length, 0);
});

test('certificates are renewed before they end, and what nobody uses any more goes', {
  skip: noStunnel,
}, async (t) => {
  const clock = createFakeClock(Date.now());
  const { server, stateDir, open, spec, mount } = await setup(t);
  const realTime = {
    now: clock.now,
    sleep: (ms: number, signal?: AbortSignal) =>
      ms < 1_000 ? systemClock.sleep(ms, signal) : clock.sleep(ms, signal),
  };
  let issued = 0;
  const tunnel = await open({
    clock: realTime,
    certify: async ({ name }, key) =>
      selfSignedCertificate(key, {
        commonName: `${name} ${++issued}`,
        notBefore: new Date(clock.now() - 60_000),
        notAfter: new Date(clock.now() + 3 * 3_600_000),
        extensions: [],
      }),
  });
  const [kept, gone] = [await tunnel.open(spec('kept')), await tunnel.open(spec('gone'))];
  mount(kept.port);
  kept.release();
  gone.release();
  const passing = async (condition: () => boolean) => {
    while (!condition()) {
      await clock.advance(60_000);
      await systemClock.sleep(1);
    }
  };
  await passing(() => tunnel.specAt(gone.port) === undefined);
  await passing(() => issued >= 3);
  await until(() => !readTcpPorts().listening.has(gone.port));
  assert.equal(tunnel.specAt(kept.port)?.client.name, 'kept');
  // The process reads its files again in its own time.
  while (server.clients.at(-1) !== 'kept 3') assert.equal(await echo(kept.port, 'renewed'), 'renewed');
  assert.deepEqual(
    (await readdir(stateDir)).filter((name) => name.startsWith(String(gone.port))),
    [],
  );
});

test('a service without a certificate is left out until there is one, so that the others go on', {
  skip: noStunnel,
}, async (t) => {
  const { stateDir, open, spec } = await setup(t);
  const earlier = await open();
  const [a, b] = [await earlier.open(spec('a')), await earlier.open(spec('b'))];
  await earlier.close();
  await unlink(join(stateDir, `${b.port}.crt`));
  const failing = async () => {
    throw new Error('no credentials');
  };
  const later = await open({ certify: failing });
  await assert.rejects(later.open(spec('c')), /no credentials/);
  assert.equal(await echo(a.port, 'a goes on'), 'a goes on');
});

test('a node without stunnel is told which package to install', async (t) => {
  const { open, spec } = await setup(t, { program: '/nonexistent/stunnel' });
  const tunnel = await open();
  await assert.rejects(tunnel.open(spec('a')), {
    code: 'failed-precondition',
    message: /install the package stunnel4/,
  });
});

test('a tunnel that does not come up says what stunnel said', { skip: noStunnel }, async (t) => {
  const { open, spec } = await setup(t, { trusted: 'no certificate' });
  const tunnel = await open();
  await assert.rejects(tunnel.open(spec('a')), {
    code: 'unavailable',
    message: /does not listen on 127.0.0.1:\d+: No trusted certificates found/,
  });
});
