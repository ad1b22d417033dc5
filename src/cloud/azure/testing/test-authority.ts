import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

x509.cryptoProvider.set(webcrypto);

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const hour = 3_600_000;

export interface TestAuthority {
  /** The authority's own certificate, PEM. */
  readonly caPem: string;
  /** A server certificate for 127.0.0.1 and these DNS names, with its key, PEM. */
  issue(...dnsNames: string[]): Promise<{ readonly cert: string; readonly key: string }>;
}

/** A certificate authority that lives as long as the test. */
export async function createTestAuthority(name = 'test authority'): Promise<TestAuthority> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const validity = { notBefore: new Date(Date.now() - hour), notAfter: new Date(Date.now() + hour) };
  const authority = await x509.X509CertificateGenerator.createSelfSigned({
    name: [{ CN: [name] }],
    ...validity,
    keys,
    signingAlgorithm: algorithm,
    extensions: [new x509.BasicConstraintsExtension(true, 0, true)],
  });
  return {
    caPem: authority.toString('pem'),
    async issue(...dnsNames) {
      const server = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
      const certificate = await x509.X509CertificateGenerator.create({
        subject: [{ CN: ['test server'] }],
        issuer: authority.subjectName,
        ...validity,
        publicKey: server.publicKey,
        signingKey: keys.privateKey,
        signingAlgorithm: algorithm,
        extensions: [
          new x509.SubjectAlternativeNameExtension([
            { type: 'ip', value: '127.0.0.1' },
            ...dnsNames.map((value) => ({ type: 'dns' as const, value })),
          ]),
        ],
      });
      const key = await webcrypto.subtle.exportKey('pkcs8', server.privateKey);
      return { cert: certificate.toString('pem'), key: x509.PemConverter.encode(key, 'PRIVATE KEY') };
    },
  };
}
