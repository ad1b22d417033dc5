import { createHash, createHmac } from 'node:crypto';
import type { AwsCredentials } from './credentials.ts';

export interface PresignRequest {
  readonly host: string;
  /** Segments must need no encoding. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly service: string;
  readonly region: string;
  readonly time: Date;
  readonly expiresInSeconds: number;
}

/**
 * The query of a GET request that is signed by SigV4 in its query, `X-Amz-Signature` last. AWS' own library for it is left
 * out of the node plugin for its memory; a test holds the two against each other.
 */
export function presign(request: PresignRequest, credentials: AwsCredentials): URLSearchParams {
  const dateTime = request.time.toISOString().replace(/[-:]|\.\d+/g, '');
  const date = dateTime.slice(0, 8);
  const scopeParts = [date, request.region, request.service, 'aws4_request'];
  const scope = scopeParts.join('/');
  const values: Readonly<Record<string, string>> = {
    ...request.query,
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-Credential': `${credentials.accessKeyId}/${scope}`,
    'X-Amz-Date': dateTime,
    'X-Amz-Expires': String(request.expiresInSeconds),
    'X-Amz-SignedHeaders': 'host',
    ...(credentials.sessionToken && { 'X-Amz-Security-Token': credentials.sessionToken }),
  };
  const query = canonicalQuery(values);
  const canonical = ['GET', request.path, query, `host:${request.host}`, '', 'host', sha256('')].join('\n');
  const stringToSign = ['AWS4-HMAC-SHA256', dateTime, scope, sha256(canonical)].join('\n');
  const key = scopeParts.reduce<Buffer>(hmac, Buffer.from(`AWS4${credentials.secretAccessKey}`));
  return new URLSearchParams({ ...values, 'X-Amz-Signature': hmac(key, stringToSign).toString('hex') });
}

function canonicalQuery(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${percentEncoded(value)}`)
    .join('&');
}

/** RFC 3986: everything but the unreserved characters. */
function percentEncoded(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const hmac = (key: Buffer, text: string) => createHmac('sha256', key).update(text).digest();
