import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { getCACertificates } from 'node:tls';
import { AwsConfigError } from './aws-config-error.ts';

/** The system's authorities and those of a PEM file; undefined, which is the system's alone, without one. Throws AwsConfigError. */
export async function certificateAuthorities(caFile: string | undefined): Promise<string[] | undefined> {
  if (caFile === undefined) return undefined;
  const pem = await readFile(caFile, 'utf8').catch((cause: unknown) => {
    throw new AwsConfigError(caFile, 'the file of certificate authorities cannot be read', { cause });
  });
  try {
    new X509Certificate(pem);
  } catch (cause) {
    throw new AwsConfigError(caFile, 'holds no certificate in PEM form (-----BEGIN CERTIFICATE-----)', {
      cause,
    });
  }
  return [...getCACertificates('default'), pem];
}
