import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { createServer } from 'node:tls';
import { openAuthority } from './authority.ts';

async function directory(t: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'berth-pki-'));
  t.after(() => rm(path, { recursive: true, force: true }));
  return join(path, 'pki');
}

const names = { commonName: 'arm', dnsNames: ['localhost'], ipAddresses: ['127.0.0.1', '::1'] };

test('the authority is made once and kept, its key for the owner only', async (t) => {
  const path = await directory(t);
  const first = await openAuthority(path);
  const second = await openAuthority(path);
  assert.equal(second.caCertificate, first.caCertificate);
  assert.equal(await readFile(first.caFile, 'utf8'), first.caCertificate);
  assert.equal((await stat(join(path, 'ca.key'))).mode & 0o777, 0o600);
  assert.doesNotMatch(first.caCertificate, /PRIVATE/);
});

test('a certificate names its hosts and addresses, and the authority vouches for it', async (t) => {
  const authority = await openAuthority(await directory(t));
  const ca = new X509Certificate(authority.caCertificate);
  const leaf = new X509Certificate((await authority.issue(names)).cert);
  assert.equal(ca.ca, true);
  assert.equal(leaf.ca, false);
  assert.ok(leaf.checkIssued(ca) && leaf.verify(ca.publicKey));
  assert.equal(leaf.checkHost('localhost'), 'localhost');
  assert.equal(leaf.checkIP('127.0.0.1'), '127.0.0.1');
  assert.equal(leaf.checkIP('127.0.0.2'), undefined);
  assert.ok(leaf.validToDate < ca.validToDate);
});

test('certificates issued before a restart stay trusted after it', async (t) => {
  const path = await directory(t);
  const leaf = new X509Certificate((await (await openAuthority(path)).issue(names)).cert);
  const reopened = new X509Certificate((await openAuthority(path)).caCertificate);
  assert.ok(leaf.verify(reopened.publicKey));
});

for (const [what, file, text] of [
  ['a half-written certificate', 'ca.crt', '-----BEGIN CERTIFICATE-----\nMIIB'],
  ['an empty key', 'ca.key', ''],
] as const) {
  test(`${what} is replaced by a whole new authority`, async (t) => {
    const path = await directory(t);
    const before = await openAuthority(path);
    await writeFile(join(path, file), text);
    const after = await openAuthority(path);
    assert.notEqual(after.caCertificate, before.caCertificate);
    const leaf = new X509Certificate((await after.issue(names)).cert);
    assert.ok(leaf.verify(new X509Certificate(after.caCertificate).publicKey));
  });
}

test('a key that belongs to another certificate is not used', async (t) => {
  const path = await directory(t);
  const other = await openAuthority(await directory(t));
  await openAuthority(path);
  await writeFile(join(path, 'ca.crt'), other.caCertificate);
  const after = await openAuthority(path);
  assert.notEqual(after.caCertificate, other.caCertificate);
});

test('a client that trusts the file connects, one that does not is turned away', async (t) => {
  const authority = await openAuthority(await directory(t));
  const server = createServer(await authority.issue(names), (socket) =>
    socket.end('HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n'),
  );
  server.on('tlsClientError', () => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  const get = (ca: string | undefined) =>
    new Promise<number | undefined>((resolve, reject) => {
      request({ host: '127.0.0.1', port: address.port, ca, agent: false }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on('error', reject)
        .end();
    });
  assert.equal(await get(authority.caCertificate), 204);
  await assert.rejects(get(undefined), { code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' });
});
