import { Refusal } from '../http/refusal.ts';

export interface WebIdentity {
  readonly subject: string;
  readonly audience: string;
  readonly issuer: string;
}

/**
 * Reads a service account's token (JWT) without checking who signed it: the sandbox has no trust to keep. One that has
 * ended is refused as AWS does; a text that is no JWT is taken as an opaque token.
 */
export function readWebIdentity(token: string, now: number): WebIdentity {
  if (token === '') {
    throw new Refusal(400, 'InvalidIdentityToken', 'No web identity token was given.');
  }
  const claims = claimsOf(token);
  if (typeof claims.exp === 'number' && claims.exp * 1000 <= now) {
    throw new Refusal(400, 'ExpiredTokenException', 'Token expired: it must be renewed before use');
  }
  const audience = Array.isArray(claims.aud) ? claims.aud[0] : claims.aud;
  return {
    subject: text(claims.sub) ?? 'unknown',
    audience: text(audience) ?? 'sts.amazonaws.com',
    issuer: text(claims.iss) ?? 'unknown',
  };
}

function claimsOf(token: string): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    return typeof parsed === 'object' && parsed !== null ? { ...parsed } : {};
  } catch {
    return {};
  }
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
