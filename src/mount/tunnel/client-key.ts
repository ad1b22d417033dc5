import { createPrivateKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { errnoOf } from '../errno.ts';
import type { ServiceStore } from './service-store.ts';

/** As efs-utils makes it. */
const RSA_BITS = 3072;

/** The private key of all this node's client certificates, made once and kept; one that cannot be read is made anew. */
export async function openClientKey(store: Pick<ServiceStore, 'keyFile' | 'write'>): Promise<KeyObject> {
  const kept = await keptKey(store.keyFile);
  if (kept !== undefined) return kept;
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: RSA_BITS });
  await store.write(store.keyFile, String(privateKey.export({ type: 'pkcs8', format: 'pem' })));
  return privateKey;
}

async function keptKey(file: string): Promise<KeyObject | undefined> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return createPrivateKey(text);
  } catch {
    return undefined;
  }
}
