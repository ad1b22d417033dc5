import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { AwsRequest } from '../http/aws-request.ts';
import type { Authorization } from './authorization.ts';

/** Whether the request is signed with the secret (AWS Signature Version 4). */
export function isSignedWith(
  secretAccessKey: string,
  request: AwsRequest,
  authorization: Authorization,
): boolean {
  const { date, region, service, signature } = authorization;
  const scope = `${date}/${region}/${service}/aws4_request`;
  const toSign = [
    'AWS4-HMAC-SHA256',
    request.header('x-amz-date') ?? '',
    scope,
    sha256(canonicalRequest(request, authorization)),
  ].join('\n');
  const key = [date, region, service, 'aws4_request'].reduce(
    (secret: string | Buffer, part) => createHmac('sha256', secret).update(part).digest(),
    `AWS4${secretAccessKey}`,
  );
  const expected = createHmac('sha256', key).update(toSign).digest();
  const given = Buffer.from(signature, 'hex');
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function canonicalRequest(request: AwsRequest, { signedHeaders }: Authorization): string {
  const headers = signedHeaders.map(
    (name) => `${name}:${(request.header(name) ?? '').trim().replace(/ +/g, ' ')}\n`,
  );
  return [
    request.method,
    // The path is encoded once more, as every service but S3 wants it.
    request.path.split('/').map(encode).join('/'),
    canonicalQuery(request.rawQuery),
    headers.join(''),
    signedHeaders.join(';'),
    request.header('x-amz-content-sha256') ?? sha256(request.body),
  ].join('\n');
}

function canonicalQuery(rawQuery: string): string {
  return [...new URLSearchParams(rawQuery.replaceAll('+', '%2B'))]
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join('&');
}

/** RFC 3986: all but letters, digits and `-._~`. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}
