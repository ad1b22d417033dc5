import { Refusal } from '../http/refusal.ts';

/** What the Authorization header of Signature Version 4 says. */
export interface Authorization {
  readonly accessKeyId: string;
  /** `20260101` */
  readonly date: string;
  readonly region: string;
  /** `elasticfilesystem`, `sts`, `ec2` */
  readonly service: string;
  /** Names in lower case, in the order they were signed. */
  readonly signedHeaders: readonly string[];
  /** Hexadecimal. */
  readonly signature: string;
}

/** Undefined where the request is not signed. Throws Refusal for a header that is broken. */
export function parseAuthorization(header: string | undefined): Authorization | undefined {
  if (header === undefined) return undefined;
  const fields = new Map(
    header
      .replace(/^AWS4-HMAC-SHA256\s+/, '')
      .split(/,\s*/)
      .map((field) => [field.split('=')[0] ?? '', field.slice(field.indexOf('=') + 1)]),
  );
  const [accessKeyId, date, region, service, terminator] = fields.get('Credential')?.split('/') ?? [];
  const signedHeaders = fields.get('SignedHeaders')?.split(';');
  const signature = fields.get('Signature');
  const whole =
    header.startsWith('AWS4-HMAC-SHA256 ') &&
    accessKeyId &&
    date &&
    region &&
    service &&
    terminator === 'aws4_request' &&
    signedHeaders &&
    signature;
  if (!whole) {
    throw new Refusal(
      400,
      'IncompleteSignatureException',
      "Authorization header requires 'Credential', 'SignedHeaders' and 'Signature' parameters, and the algorithm AWS4-HMAC-SHA256.",
    );
  }
  return { accessKeyId, date, region, service, signedHeaders, signature };
}
