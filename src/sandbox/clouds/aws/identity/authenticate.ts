import type { AwsRequest } from '../http/aws-request.ts';
import { Refusal } from '../http/refusal.ts';
import { type Authorization, parseAuthorization } from './authorization.ts';
import type { Identities, Principal } from './identities.ts';
import { isSignedWith } from './signature.ts';

export interface AuthenticateOptions {
  readonly identities: Identities;
  readonly region: string;
  /** Whose long-lived keys all are that name no account. */
  readonly account: string;
  readonly now: number;
}

/** What tells AWS that a client's clock is wrong. */
const GREATEST_SKEW_MS = 15 * 60_000;

/**
 * Who signed the request. Long-lived keys are taken whatever they are, as there is nobody to give them out: one that is
 * twelve digits is of that account, every other of the sandbox's own. Temporary keys have to be ones the sandbox gave
 * out, still last, and have signed the request. Throws Refusal with AWS' own words.
 */
export function authenticate(request: AwsRequest, options: AuthenticateOptions): Principal {
  const authorization = parseAuthorization(request.authorization);
  if (authorization === undefined) {
    throw new Refusal(403, 'MissingAuthenticationTokenException', 'Missing Authentication Token');
  }
  checkScope(request, authorization, options);
  const { accessKeyId } = authorization;
  if (!accessKeyId.startsWith('ASIA')) {
    const account = /^\d{12}$/.test(accessKeyId) ? accessKeyId : options.account;
    return { account, arn: `arn:aws:iam::${account}:user/sandbox`, userId: 'AIDASANDBOX' };
  }
  const issued = options.identities.find(accessKeyId);
  if (issued === undefined || request.header('x-amz-security-token') !== issued.sessionToken) {
    throw new Refusal(
      403,
      'UnrecognizedClientException',
      'The security token included in the request is invalid.',
    );
  }
  if (options.now >= issued.expiration) {
    throw new Refusal(403, 'ExpiredTokenException', 'The security token included in the request is expired');
  }
  if (!isSignedWith(issued.secretAccessKey, request, authorization)) {
    throw new Refusal(
      403,
      'InvalidSignatureException',
      'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
    );
  }
  return issued.principal;
}

function checkScope(
  request: AwsRequest,
  { region }: Authorization,
  { region: own, now }: AuthenticateOptions,
): void {
  if (region !== own) {
    throw new Refusal(
      403,
      'InvalidSignatureException',
      `Credential should be scoped to a valid region. The sandbox's is ${own}, not ${region}.`,
    );
  }
  const signedAt = parseAmzDate(request.header('x-amz-date'));
  if (signedAt !== undefined && Math.abs(now - signedAt) > GREATEST_SKEW_MS) {
    throw new Refusal(
      403,
      'InvalidSignatureException',
      `Signature expired: ${request.header('x-amz-date')} is not within 15 minutes of the server's time.`,
    );
  }
}

/** `20260131T235959Z` in milliseconds since the epoch. */
function parseAmzDate(text: string | undefined): number | undefined {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text ?? '');
  if (parts === null) return undefined;
  const [, year, month, day, hour, minute, second] = parts;
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}
