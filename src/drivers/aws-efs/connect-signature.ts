import { createHash, createHmac } from 'node:crypto';

export interface SigningCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

export interface ConnectRequest {
  readonly fileSystemId: string;
  readonly region: string;
  /** SHA-1 of the public key's bits, hexadecimal: ties the signature to one key. */
  readonly publicKeyHash: string;
  readonly time: Date;
}

const service = 'elasticfilesystem';
/** A day, in seconds; efs-utils asks for as much. */
const expires = '86400';

/**
 * What EFS checks a client's IAM identity by: the hexadecimal SigV4 signature of `GET /?Action=Connect` to a host that is
 * the file system's id. The request is never sent; its signature goes into the client certificate.
 */
export function connectSignature(request: ConnectRequest, credentials: SigningCredentials): string {
  const dateTime = awsDateTime(request.time);
  const date = dateTime.slice(0, 8);
  const scope = `${date}/${request.region}/${service}/aws4_request`;
  const query = canonicalQuery({
    Action: 'Connect',
    PublicKeyHash: request.publicKeyHash,
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-Credential': `${credentials.accessKeyId}/${scope}`,
    'X-Amz-Date': dateTime,
    'X-Amz-Expires': expires,
    'X-Amz-SignedHeaders': 'host',
    ...(credentials.sessionToken && { 'X-Amz-Security-Token': credentials.sessionToken }),
  });
  const canonicalRequest = ['GET', '/', query, `host:${request.fileSystemId}`, '', 'host', sha256('')].join(
    '\n',
  );
  const stringToSign = ['AWS4-HMAC-SHA256', dateTime, scope, sha256(canonicalRequest)].join('\n');
  const key = [date, request.region, service, 'aws4_request'].reduce<Buffer>(
    (secret, part) => hmac(secret, part),
    Buffer.from(`AWS4${credentials.secretAccessKey}`),
  );
  return hmac(key, stringToSign).toString('hex');
}

/** As `20260102T030405Z`. */
function awsDateTime(time: Date): string {
  return time.toISOString().replace(/[-:]|\.\d+/g, '');
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
