import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, suite, test } from 'node:test';
import { WebSocket } from 'ws';
import { silentLog } from '../../../telemetry/log.ts';
import { processRuntime } from '../../apiserver/testing/process-runtime.ts';
import { openAuthority } from '../../pki/authority.ts';
import type { KeyedCertificate } from '../../pki/certificate.ts';
import { type CertificateUser, type KubeletApi, startKubeletApi } from './start-kubelet-api.ts';

suite('the kubelet API', () => {
  const runtime = processRuntime(['one', 'two']);
  const users: CertificateUser[] = [];
  let api: KubeletApi;
  let ca: string;
  let client: KeyedCertificate;
  let directory: string;
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'berth-'));
    const authority = await openAuthority(directory);
    ca = authority.caCertificate;
    const names = { dnsNames: [], ipAddresses: ['127.0.0.1'] };
    client = await authority.issue({ ...names, commonName: 'apiserver', organizations: ['masters', 'more'] });
    api = await startKubeletApi({
      host: '127.0.0.1',
      tls: await authority.issue({ ...names, commonName: 'node' }),
      clientCa: ca,
      mayAccess: async (user) => {
        users.push(user);
        return user.groups.includes('masters');
      },
      pods: () => ({ ...runtime, stats: () => ({ node: { nodeName: 'n' } }) }),
      log: silentLog,
    });
  });
  after(async () => {
    await api.close();
    await rm(directory, { recursive: true });
  });
  const get = async (path: string, certificate: Partial<KeyedCertificate> = client) => {
    const asked = request(`https://127.0.0.1:${api.port}${path}`, { ca, ...certificate, agent: false });
    asked.end();
    const [answer] = await once(asked, 'response');
    return { status: answer.statusCode as number, body: await text(answer) };
  };

  test('serves a container’s log with what was asked of it', async () => {
    const log = await get('/containerLogs/ns/p/c?tailLines=5&timestamps=true&follow=true&limitBytes=9');
    assert.deepEqual(log, { status: 200, body: 'one\ntwo\n' });
    const { signal: _, ...asked } = runtime.logRequests.at(-1) ?? {};
    assert.deepEqual(asked, {
      namespace: 'ns',
      pod: 'p',
      container: 'c',
      follow: true,
      previous: false,
      timestamps: true,
      tailLines: 5,
      limitBytes: 9,
      sinceTime: undefined,
    });
  });

  test('refuses in plain text what is not there, wrong, or not served', async () => {
    assert.deepEqual(await get('/containerLogs/ns/p/missing'), {
      status: 400,
      body: 'container missing is not valid for pod',
    });
    assert.equal((await get('/containerLogs/ns/p/c?tailLines=many')).status, 400);
    assert.equal((await get('/pods')).status, 404);
    assert.equal((await get('/exec/ns/p/c?command=true')).status, 404);
  });

  test('answers only the certificate’s user that may, and nobody without one', async () => {
    await get('/stats/summary');
    assert.deepEqual(users.at(-1), { name: 'apiserver', groups: ['masters', 'more'] });
    await assert.rejects(get('/stats/summary', { cert: undefined as never }));
    const authority = await openAuthority(directory);
    const other = await authority.issue({ commonName: 'somebody', dnsNames: ['x'], ipAddresses: [] });
    assert.deepEqual(await get('/stats/summary', other), {
      status: 403,
      body: 'somebody may not reach this node',
    });
  });

  test('serves statistics', async () => {
    assert.deepEqual(JSON.parse((await get('/stats/summary')).body), { node: { nodeName: 'n' } });
  });

  const exec = (query: string) =>
    new WebSocket(`wss://127.0.0.1:${api.port}/exec/ns/p/c?${query}`, 'v5.channel.k8s.io', { ca, ...client });

  test('runs a command with its streams and its exit code over WebSocket', async () => {
    const socket = exec('command=sh&command=-c&command=cat%3B%20exit%203&input=1&output=1&error=1');
    const channels: Record<number, string> = {};
    socket.on('message', (data: Buffer) => {
      const id = data[0] ?? -1;
      channels[id] = `${channels[id] ?? ''}${data.subarray(1)}`;
    });
    socket.on('open', () => {
      socket.send(Buffer.from('\0hello'));
      socket.send(Buffer.from([255, 0]));
    });
    await once(socket, 'close');
    assert.equal(channels[1], 'hello');
    assert.match(channels[3] ?? '', /"ExitCode","message":"3"/);
  });

  test('refuses an upgrade without a command, with the reason', async () => {
    const socket = exec('output=1');
    const [, answer] = await once(socket, 'unexpected-response');
    assert.equal(answer.statusCode, 400);
    assert.match(await text(answer), /at least 1 command/);
  });
});
