import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { rootCertificates } from 'node:tls';

/** Amazon Trust Services, which signs the certificates of mount targets, and the older authority that vouches for it. */
const amazons = /^(CN=Amazon Root CA \d|CN=Starfield Services Root Certificate Authority - G2)$/m;

/**
 * The authorities that a mount target's certificate must be signed by, as PEM text: those of `caFile`, else Amazon's.
 * Not all that browsers trust: stunnel holds its own copy for each mount.
 */
export async function trustedRoots(caFile: string | undefined): Promise<string> {
  if (caFile !== undefined) return readFile(caFile, 'utf8');
  return rootCertificates.filter((pem) => amazons.test(new X509Certificate(pem).subject)).join('\n');
}
