import 'reflect-metadata';
import { createHash } from 'node:crypto';
import { X509Certificate } from '@peculiar/x509';

/** What a client certificate says of who connects, read as EFS would: by the numbers of Amazon's extensions. */
export interface ClientIdentity {
  readonly fileSystemId: string | undefined;
  readonly accessPointId: string | undefined;
  readonly auth:
    | {
        readonly accessKeyId: string;
        /** SigV4, hexadecimal. */
        readonly signature: string;
        /** As `261121120000Z`. */
        readonly time: string;
      }
    | undefined;
  /** SHA-1 of the public key's bits, hexadecimal. */
  readonly publicKeyHash: string;
}

/** Reads a certificate in DER with a library that the node plugin does not use. */
export function readClientIdentity(der: Uint8Array): ClientIdentity {
  const certificate = new X509Certificate(new Uint8Array(der));
  const extension = (number: number): Buffer | undefined => {
    const value = certificate.getExtension(`1.3.6.1.4.1.4843.7.${number}`)?.value;
    return value && Buffer.from(value);
  };
  const text = (value: Buffer | undefined) => value && String(elements(value)[0]);
  const auth = extension(2);
  const [accessKeyId, signature, time] = auth === undefined ? [] : elements(contents(auth));
  const spki = Buffer.from(certificate.publicKey.rawData);
  const [, bits] = elements(contents(spki));
  return {
    fileSystemId: text(extension(3)),
    accessPointId: text(extension(1)),
    auth: auth && { accessKeyId: String(accessKeyId), signature: String(signature), time: String(time) },
    // The first byte of a BIT STRING counts its unused bits.
    publicKeyHash: createHash('sha1')
      .update(bits?.subarray(1) ?? '')
      .digest('hex'),
  };
}

/** What is in the first element. */
const contents = (der: Buffer): Buffer => elements(der)[0] ?? Buffer.alloc(0);

/** The contents of the elements that follow one another. */
function elements(der: Buffer): Buffer[] {
  const found: Buffer[] = [];
  for (let at = 0; at + 1 < der.length; ) {
    const first = der[at + 1] ?? 0;
    const long = first & 0x80 ? first & 0x7f : 0;
    const length = long === 0 ? first : der.readUIntBE(at + 2, long);
    const start = at + 2 + long;
    found.push(der.subarray(start, start + length));
    at = start + length;
  }
  return found;
}
