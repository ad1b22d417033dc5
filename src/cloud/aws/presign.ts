import { createHash, createHmac } from 'node:crypto';
import type { AwsCredentials } from './credentials.ts';

export interface SignedGet {
  readonly host: string;
  /** Segments must need no encoding. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly service: string;
  readonly region: string;
  readonly time: Date;
}

const algorithm = 'AWS4-HMAC-SHA256';

/**
 * The query of a GET request that is signed by SigV4 in its query. AWS' own library for it is left out of the node plugin
 * for its memory; a test holds the two against each other.
 */
export function presign(
  request: SignedGet & { readonly expiresInSeconds: number },
  credentials: AwsCredentials,
): Readonly<Record<string, string>> {
  const { dateTime, scope } = scopeOf(request);
  const query: Readonly<Record<string, string>> = {
    ...request.query,
    'X-Amz-Algorithm': algorithm,
    'X-Amz-Credential': `${credentials.accessKeyId}/${scope}`,
    'X-Amz-Date': dateTime,
    'X-Amz-Expires': String(request.expiresInSeconds),
    'X-Amz-SignedHeaders': 'host',
    ...(credentials.sessionToken && { 'X-Amz-Security-Token': credentials.sessionToken }),
  };
  const signature = sign({ ...request, query }, { host: request.host }, credentials);
  return { ...query, 'X-Amz-Signature': signature };
}

/** The headers of a GET request that is signed by SigV4 in its headers. Its query is to be written by `canonicalQuery`. */
export function signedHeaders(
  request: SignedGet,
  credentials: AwsCredentials,
): Readonly<Record<string, string>> {
  const { dateTime, scope } = scopeOf(request);
  const headers: Readonly<Record<string, string>> = {
    host: request.host,
    'x-amz-date': dateTime,
    ...(credentials.sessionToken && { 'x-amz-security-token': credentials.sessionToken }),
  };
  const authorization = [
    `${algorithm} Credential=${credentials.accessKeyId}/${scope}`,
    `SignedHeaders=${Object.keys(headers).join(';')}`,
    `Signature=${sign(request, headers, credentials)}`,
  ].join(', ');
  return { ...headers, authorization };
}

/** `headers` in the order of their names. */
function sign(
  request: SignedGet,
  headers: Readonly<Record<string, string>>,
  { secretAccessKey }: AwsCredentials,
): string {
  const { dateTime, scope } = scopeOf(request);
  const canonical = [
    'GET',
    request.path,
    canonicalQuery(request.query),
    ...Object.entries(headers).map(([name, value]) => `${name}:${value}`),
    '',
    Object.keys(headers).join(';'),
    sha256(''),
  ].join('\n');
  const stringToSign = [algorithm, dateTime, scope, sha256(canonical)].join('\n');
  const key = scope.split('/').reduce<Buffer>(hmac, Buffer.from(`AWS4${secretAccessKey}`));
  return hmac(key, stringToSign).toString('hex');
}

function scopeOf({ region, service, time }: SignedGet) {
  const dateTime = time.toISOString().replace(/[-:]|\.\d+/g, '');
  return { dateTime, scope: [dateTime.slice(0, 8), region, service, 'aws4_request'].join('/') };
}

/** In the order of names, percent-encoded as SigV4 has it. */
export function canonicalQuery(values: Readonly<Record<string, string>>): string {
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
