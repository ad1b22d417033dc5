import assert from 'node:assert/strict';
import http from 'node:http';
import net from 'node:net';
import type { Duplex } from 'node:stream';
import { after, before, test } from 'node:test';
import type { TLSSocket } from 'node:tls';
import { KubeConnectionError } from './client.ts';
import { type ClusterConfig, fixedCredentials } from './cluster-config.ts';
import { openKubeClient } from './open-kube-client.ts';
import { type ScriptedApiServer, sendJson, startScriptedApiServer } from './testing/scripted-api-server.ts';
import { makeTestCertificate } from './testing/test-certificate.ts';

let server: ScriptedApiServer;
let serverCertificate: { cert: string; key: string };

before(async () => {
  serverCertificate = await makeTestCertificate('api-server');
  server = await startScriptedApiServer(
    (_, response) => {
      const peer = (response.socket as TLSSocket).getPeerCertificate();
      sendJson(response, 200, { client: peer.subject?.CN ?? 'nobody' });
    },
    { tls: { ...serverCertificate, requestCert: true, rejectUnauthorized: false } },
  );
});
after(() => server.close());

const config = (changes: Partial<ClusterConfig> = {}): ClusterConfig => ({
  ...server.config,
  ca: serverCertificate.cert,
  ...changes,
});

test('a server is believed only when its certificate comes from the authority of the cluster', async () => {
  assert.deepEqual(await openKubeClient(config()).getPath('/version'), { client: 'nobody' });
  const { cert } = await makeTestCertificate('another');
  await assert.rejects(openKubeClient(config({ ca: cert })).getPath('/version'), KubeConnectionError);
  await assert.rejects(
    openKubeClient(config({ tlsServerName: 'other.example' })).getPath('/version'),
    /other\.example/,
  );
});

test('a client certificate is presented, and a renewed one from then on', async () => {
  const first = await makeTestCertificate('first');
  const second = await makeTestCertificate('second');
  let certificate = first;
  const client = openKubeClient(config({ credentials: () => Promise.resolve({ certificate }) }));
  assert.deepEqual(await client.getPath('/'), { client: 'first' });
  certificate = second;
  assert.deepEqual(await client.getPath('/'), { client: 'second' });
});

test('through an HTTP proxy the certificate is still the server’s own, and the token stays inside the tunnel', async () => {
  const seen: string[] = [];
  const tunnels: Duplex[] = [];
  const proxy = http.createServer((request) => void seen.push(`${request.method} ${request.url}`));
  proxy.on('connect', (request, socket, head) => {
    seen.push(`${request.method} ${request.url} ${request.headers.authorization ?? 'no token'}`);
    tunnels.push(socket);
    const upstream = net.connect(Number(new URL(server.url).port), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      upstream.write(head);
      upstream.pipe(socket).pipe(upstream);
    });
    upstream.on('error', () => socket.destroy());
    socket.on('error', () => upstream.destroy());
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const proxyUrl = `http://127.0.0.1:${(proxy.address() as net.AddressInfo).port}`;
  try {
    const client = openKubeClient(
      config({ proxyUrl, credentials: fixedCredentials({ authorization: 'Bearer token' }) }),
    );
    assert.deepEqual(await client.getPath('/'), { client: 'nobody' });
    assert.deepEqual(seen, [`CONNECT ${new URL(server.url).host} no token`]);
  } finally {
    for (const tunnel of tunnels) tunnel.destroy();
    await new Promise((resolve) => proxy.close(resolve));
  }
});

test('one connection serves many requests', async () => {
  const client = openKubeClient(config());
  const ports = new Set<number | undefined>();
  const before = server.requests.length;
  for (let i = 0; i < 10; i++) await client.getPath('/');
  for (const request of server.requests.slice(before)) ports.add(request.clientPort);
  assert.equal(ports.size, 1);
});
