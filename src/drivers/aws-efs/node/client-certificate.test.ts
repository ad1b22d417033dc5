import assert from 'node:assert/strict';
import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { der } from '../../../mount/tunnel/der.ts';
import { publicKeyHash } from '../../../mount/tunnel/self-signed-certificate.ts';
import { type EfsClient, efsClientCertificate, efsExtensions } from './client-certificate.ts';
import { connectSignature } from './connect-signature.ts';

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const now = Date.UTC(2026, 0, 2, 3, 4, 5);
const client: EfsClient = {
  fileSystemId: 'fs-0123',
  hostname: 'node-1',
  source: 'berth',
  version: '0.1.0',
};
const credentials = { accessKeyId: 'AKID', secretAccessKey: 'very secret', sessionToken: 'token/+=' };

const certify = (more: Partial<EfsClient> = {}) =>
  new X509Certificate(efsClientCertificate({ ...client, ...more }, privateKey, now));
const has = (certificate: X509Certificate, id: string, value?: Buffer) =>
  certificate.raw.includes(
    value === undefined ? der.objectId(id) : Buffer.concat([der.objectId(id), der.octetString(value)]),
  );

test('a mount of a whole file system is known by its id alone', () => {
  const certificate = certify();
  assert.ok(has(certificate, efsExtensions.fileSystem, der.utf8('fs-0123')));
  assert.ok(has(certificate, efsExtensions.clientInfo));
  assert.ok(!has(certificate, efsExtensions.accessPoint));
  assert.ok(!has(certificate, efsExtensions.clientAuth));
});

test('it lasts from a quarter of an hour ago for three hours from now', () => {
  const certificate = certify();
  assert.equal(certificate.validFromDate.getTime(), now - 15 * 60_000);
  assert.equal(certificate.validToDate.getTime(), now + 180 * 60_000);
});

test('the access point and the identity are in it, the secret key is not', () => {
  const certificate = certify({ accessPointId: 'fsap-0456', iam: { region: 'eu-west-1', credentials } });
  assert.ok(has(certificate, efsExtensions.accessPoint, der.utf8('fsap-0456')));
  const signature = connectSignature(
    {
      fileSystemId: 'fs-0123',
      region: 'eu-west-1',
      publicKeyHash: publicKeyHash(privateKey).toString('hex'),
      time: new Date(now),
    },
    credentials,
  );
  const auth = der.sequence(
    der.utf8('AKID'),
    der.octetString(Buffer.from(signature)),
    der.utcTime(new Date(now)),
    der.explicit(0, der.utf8('token/+=')),
  );
  assert.ok(has(certificate, efsExtensions.clientAuth, auth));
  assert.ok(!certificate.raw.includes('very secret'));
});
