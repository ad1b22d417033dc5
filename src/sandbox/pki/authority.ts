import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileWhole } from '../state/write-file-whole.ts';
import {
  type CertificateNames,
  type KeyedCertificate,
  makeAuthorityCertificate,
  makeLeafCertificate,
} from './certificate.ts';

/** The sandbox's own certificate authority: whoever trusts `caFile` trusts its API server and its clouds. */
export interface Authority {
  /** PEM file with the authority's certificate, no key. */
  readonly caFile: string;
  readonly caCertificate: string;
  /** A new key and a certificate for the names, valid for a year. */
  issue(names: CertificateNames): Promise<KeyedCertificate>;
}

const AUTHORITY_DAYS = 3650;
const LEAF_DAYS = 365;
/** An authority about to end is replaced at a start, or its leaves would outlive it. */
const RENEW_BEFORE_MS = (LEAF_DAYS + 1) * 24 * 60 * 60 * 1000;

/**
 * Opens the authority kept in `directory`, making it the first time. A pair that a kill left incomplete, that is broken
 * or near its end is made anew: nothing but this sandbox trusts it.
 */
export async function openAuthority(directory: string): Promise<Authority> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const caFile = join(directory, 'ca.crt');
  const keyFile = join(directory, 'ca.key');
  const pair = (await readPair(caFile, keyFile)) ?? (await makePair(caFile, keyFile));
  return {
    caFile,
    caCertificate: pair.cert,
    issue: (names) => makeLeafCertificate(pair, names, LEAF_DAYS),
  };
}

async function makePair(caFile: string, keyFile: string): Promise<KeyedCertificate> {
  const pair = await makeAuthorityCertificate('Berth sandbox', AUTHORITY_DAYS);
  await writeFileWhole(keyFile, pair.key, 0o600);
  // World-readable: a pod or another user's SDK may have to trust it.
  await writeFileWhole(caFile, pair.cert, 0o644);
  return pair;
}

async function readPair(caFile: string, keyFile: string): Promise<KeyedCertificate | undefined> {
  const [cert, key] = await Promise.all([readText(caFile), readText(keyFile)]);
  if (cert === undefined || key === undefined) return undefined;
  try {
    const certificate = new X509Certificate(cert);
    const usable =
      certificate.checkPrivateKey(createPrivateKey(key)) &&
      certificate.validToDate.getTime() - Date.now() > RENEW_BEFORE_MS;
    return usable ? { cert, key } : undefined;
  } catch {
    return undefined;
  }
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
