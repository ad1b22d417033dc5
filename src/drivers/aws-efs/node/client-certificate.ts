import type { KeyObject } from 'node:crypto';
import type { AwsCredentials } from '../../../cloud/aws/credentials.ts';
import { der } from '../../../mount/tunnel/der.ts';
import { publicKeyHash, selfSignedCertificate } from '../../../mount/tunnel/self-signed-certificate.ts';
import { connectSignature } from './connect-signature.ts';

/** Amazon's extensions of a client certificate; efs-utils writes them in this form. */
export const efsExtensions = {
  accessPoint: '1.3.6.1.4.1.4843.7.1',
  clientAuth: '1.3.6.1.4.1.4843.7.2',
  fileSystem: '1.3.6.1.4.1.4843.7.3',
  clientInfo: '1.3.6.1.4.1.4843.7.4',
} as const;

export interface EfsClient {
  readonly fileSystemId: string;
  readonly accessPointId?: string | undefined;
  /** Present where the mount asks for IAM authorization. */
  readonly iam?: { readonly region: string; readonly credentials: AwsCredentials } | undefined;
  readonly hostname: string;
  readonly source: string;
  readonly version: string;
}

const MINUTE_MS = 60_000;
const VALID_BEFORE_MS = 15 * MINUTE_MS;
const VALID_AFTER_MS = 180 * MINUTE_MS;

/** The certificate by which EFS knows which file system, access point and identity a mount is for; PEM. */
export function efsClientCertificate(client: EfsClient, key: KeyObject, now: number): string {
  const { accessPointId, iam, fileSystemId } = client;
  return selfSignedCertificate(key, {
    commonName: client.hostname,
    notBefore: new Date(now - VALID_BEFORE_MS),
    notAfter: new Date(now + VALID_AFTER_MS),
    extensions: [
      ...(accessPointId === undefined
        ? []
        : [{ id: efsExtensions.accessPoint, value: der.utf8(accessPointId) }]),
      ...(iam === undefined
        ? []
        : [{ id: efsExtensions.clientAuth, value: clientAuth(fileSystemId, iam, key, new Date(now)) }]),
      { id: efsExtensions.fileSystem, value: der.utf8(fileSystemId) },
      {
        id: efsExtensions.clientInfo,
        value: der.sequence(der.utf8(client.source), der.utf8(client.version)),
      },
    ],
  });
}

/** Who connects, proven by a signature; the secret key itself is not in it. */
function clientAuth(
  fileSystemId: string,
  { region, credentials }: NonNullable<EfsClient['iam']>,
  key: KeyObject,
  time: Date,
): Buffer {
  const hash = publicKeyHash(key).toString('hex');
  const signature = connectSignature({ fileSystemId, region, publicKeyHash: hash, time }, credentials);
  return der.sequence(
    der.utf8(credentials.accessKeyId),
    // The hexadecimal digits themselves, not the bytes they stand for.
    der.octetString(Buffer.from(signature, 'latin1')),
    der.utcTime(time),
    ...(credentials.sessionToken ? [der.explicit(0, der.utf8(credentials.sessionToken))] : []),
  );
}
