import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { der } from './der.ts';
import { publicKeyHash, selfSignedCertificate } from './self-signed-certificate.ts';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const contents = {
  commonName: 'node-1',
  notBefore: new Date('2026-01-02T03:04:05Z'),
  notAfter: new Date('2026-01-02T06:04:05Z'),
  extensions: [{ id: '1.3.6.1.4.1.4843.7.3', value: der.utf8('fs-0123') }],
};

test('the certificate is signed by its own key, and OpenSSL reads all that was put in', () => {
  const certificate = new X509Certificate(selfSignedCertificate(privateKey, contents));
  assert.ok(certificate.verify(publicKey));
  assert.ok(certificate.checkPrivateKey(privateKey));
  assert.equal(certificate.subject, 'CN=node-1');
  assert.equal(certificate.issuer, 'CN=node-1');
  assert.equal(certificate.validFromDate.getTime(), contents.notBefore.getTime());
  assert.equal(certificate.validToDate.getTime(), contents.notAfter.getTime());
  assert.ok(certificate.raw.includes(der.objectId('1.3.6.1.4.1.4843.7.3')));
  assert.ok(certificate.raw.includes(der.octetString(der.utf8('fs-0123'))));
});

test('a host name longer than a common name may be is cut', () => {
  const long = selfSignedCertificate(privateKey, { ...contents, commonName: 'x'.repeat(200) });
  assert.equal(new X509Certificate(long).subject, `CN=${'x'.repeat(64)}`);
});

test("the key's hash is that of its bits, without the wrapping that names the algorithm", () => {
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  const header = spki.length - publicKey.export({ type: 'pkcs1', format: 'der' }).length;
  assert.deepEqual(publicKeyHash(privateKey), createHash('sha1').update(spki.subarray(header)).digest());
});

test('lengths and numbers of any size are encoded as X.690 has them', () => {
  assert.equal(der.objectId('1.2.840.113549').toString('hex'), '06062a864886f70d');
  assert.equal(der.integer(Buffer.from([0, 0, 0x80])).toString('hex'), '02020080');
  assert.equal(der.integer(Buffer.from([0])).toString('hex'), '020100');
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 70_000 }), (size) => {
      const encoded = der.octetString(Buffer.alloc(size));
      const head = encoded.length - size;
      const first = encoded[1] ?? 0;
      const length = first < 0x80 ? first : encoded.readUIntBE(2, first & 0x7f);
      assert.equal(length, size);
      assert.equal(head, first < 0x80 ? 2 : 2 + (first & 0x7f));
    }),
  );
});
