import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { test } from 'node:test';
import { SignatureV4 } from '@smithy/signature-v4';
import { connectSignature } from './connect-signature.ts';

class Sha256 {
  readonly #hash;
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    const key = secret === undefined || typeof secret === 'string' ? secret : bytesOf(secret);
    this.#hash = key === undefined ? createHash('sha256') : createHmac('sha256', key);
  }
  update(data: Uint8Array | string) {
    this.#hash.update(data);
  }
  async digest() {
    return new Uint8Array(this.#hash.digest());
  }
  reset() {}
}

const bytesOf = (data: ArrayBuffer | ArrayBufferView) =>
  ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);

/** The same request signed by AWS' own library. */
async function signedByAws(time: Date, sessionToken: string | undefined): Promise<unknown> {
  const credentials = {
    accessKeyId: 'AKIDEXAMPLE',
    secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
    ...(sessionToken !== undefined && { sessionToken }),
  };
  const signer = new SignatureV4({
    service: 'elasticfilesystem',
    region: 'eu-central-1',
    sha256: Sha256,
    credentials,
  });
  const request = {
    method: 'GET',
    protocol: 'https:',
    hostname: 'fs-0123456789abcdef0',
    path: '/',
    headers: { host: 'fs-0123456789abcdef0' },
    query: { Action: 'Connect', PublicKeyHash: 'a'.repeat(40) },
  };
  const signed = await signer.presign(request, { expiresIn: 86_400, signingDate: time });
  const ours = connectSignature(
    { fileSystemId: 'fs-0123456789abcdef0', region: 'eu-central-1', publicKeyHash: 'a'.repeat(40), time },
    credentials,
  );
  return [ours, signed.query?.['X-Amz-Signature']];
}

for (const [what, token] of [
  ['long-lived keys', undefined],
  ['temporary keys', "IQoJb3/+=!'()* token"],
] as const) {
  test(`the signature of ${what} is the one that AWS' own library makes`, async () => {
    const [ours, theirs] = (await signedByAws(new Date('2026-11-21T12:00:00.123Z'), token)) as [
      string,
      string,
    ];
    assert.match(ours, /^[0-9a-f]{64}$/);
    assert.equal(ours, theirs);
  });
}
