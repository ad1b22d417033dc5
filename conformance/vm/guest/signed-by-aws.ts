import { createHash, createHmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';

export interface Asked {
  readonly fileSystemId: string;
  readonly region: string;
  readonly publicKeyHash: string;
  /** As `261121120000Z`. */
  readonly time: string;
}

/** The signature of a connection to EFS, made by AWS' own library. */
export async function signedByAws(
  asked: Asked,
  credentials: { readonly accessKeyId: string; readonly secretAccessKey: string },
): Promise<string> {
  const signer = new SignatureV4({
    service: 'elasticfilesystem',
    region: asked.region,
    sha256: Sha256,
    credentials,
  });
  const signed = await signer.presign(
    {
      method: 'GET',
      protocol: 'https:',
      hostname: asked.fileSystemId,
      path: '/',
      headers: { host: asked.fileSystemId },
      query: { Action: 'Connect', PublicKeyHash: asked.publicKeyHash },
    },
    { expiresIn: 86_400, signingDate: dateOf(asked.time) },
  );
  return String(signed.query?.['X-Amz-Signature']);
}

function dateOf(utcTime: string): Date {
  return new Date(utcTime.replace(/^(..)(..)(..)(..)(..)(..)Z$/, '20$1-$2-$3T$4:$5:$6Z'));
}

class Sha256 {
  readonly #hash;
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', bytesOf(secret));
  }
  update(data: Uint8Array | string) {
    this.#hash.update(data);
  }
  async digest() {
    return new Uint8Array(this.#hash.digest());
  }
  reset() {}
}

function bytesOf(data: string | ArrayBuffer | ArrayBufferView): string | Uint8Array {
  if (typeof data === 'string') return data;
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}
