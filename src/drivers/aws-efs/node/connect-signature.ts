import type { AwsCredentials } from '../../../cloud/aws/credentials.ts';
import { presign } from '../../../cloud/aws/presign.ts';

export interface ConnectRequest {
  readonly fileSystemId: string;
  readonly region: string;
  /** SHA-1 of the public key's bits, hexadecimal: ties the signature to one key. */
  readonly publicKeyHash: string;
  readonly time: Date;
}

/** As efs-utils asks for. */
const A_DAY_IN_SECONDS = 86_400;

/**
 * What EFS checks a client's IAM identity by: the hexadecimal SigV4 signature of `GET /?Action=Connect` to a host that is
 * the file system's id. The request is never sent; its signature goes into the client certificate.
 */
export function connectSignature(request: ConnectRequest, credentials: AwsCredentials): string {
  const query = presign(
    {
      host: request.fileSystemId,
      path: '/',
      query: { Action: 'Connect', PublicKeyHash: request.publicKeyHash },
      service: 'elasticfilesystem',
      region: request.region,
      time: request.time,
      expiresInSeconds: A_DAY_IN_SECONDS,
    },
    credentials,
  );
  return query['X-Amz-Signature'] ?? '';
}
