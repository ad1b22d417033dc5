import { createHash, createPublicKey, type KeyObject, randomBytes, sign } from 'node:crypto';
import { der } from './der.ts';

export interface CertificateContents {
  /** At most 64 characters are kept, which is what X.520 allows a common name. */
  readonly commonName: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** `value` is DER. */
  readonly extensions: readonly { readonly id: string; readonly value: Uint8Array }[];
}

const sha256WithRsa = () => der.sequence(der.objectId('1.2.840.113549.1.1.11'), der.null());
const subjectKeyIdentifier = '2.5.29.14';

/** An X.509 v3 certificate of an RSA key for itself, as PEM. */
export function selfSignedCertificate(key: KeyObject, contents: CertificateContents): string {
  const name = commonName(contents.commonName.slice(0, 64));
  const extensions = [
    { id: subjectKeyIdentifier, value: der.octetString(publicKeyHash(key)) },
    ...contents.extensions,
  ];
  const toBeSigned = der.sequence(
    der.explicit(0, der.integer(Buffer.from([2]))), // v3
    der.integer(serialNumber()),
    sha256WithRsa(),
    name,
    der.sequence(der.utcTime(contents.notBefore), der.utcTime(contents.notAfter)),
    name,
    createPublicKey(key).export({ type: 'spki', format: 'der' }),
    der.explicit(3, der.sequence(...extensions.map(extension))),
  );
  const certificate = der.sequence(
    toBeSigned,
    sha256WithRsa(),
    der.bitString(sign('sha256', toBeSigned, key)),
  );
  return pem('CERTIFICATE', certificate);
}

/** SHA-1 of the key's bits alone, RFC 5280 4.2.1.2 (1). */
export function publicKeyHash(key: KeyObject): Buffer {
  const bits = createPublicKey(key).export({ type: 'pkcs1', format: 'der' });
  return createHash('sha1').update(bits).digest();
}

function extension({ id, value }: { readonly id: string; readonly value: Uint8Array }): Buffer {
  return der.sequence(der.objectId(id), der.octetString(value));
}

function commonName(text: string): Buffer {
  return der.sequence(der.set(der.sequence(der.objectId('2.5.4.3'), der.utf8(text))));
}

/** Positive and not zero, at most 20 bytes (RFC 5280 4.1.2.2). */
function serialNumber(): Buffer {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes;
}

function pem(label: string, bytes: Buffer): string {
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}
