import { createHmac, randomBytes, randomUUID } from 'node:crypto';

/** Issues the sandbox's access tokens and tells when one has expired. */
export interface AccessTokens {
  /** A JSON Web Token that ends `lifetimeSeconds` after `now` (milliseconds since the epoch). */
  issue(subject: string, audience: string, lifetimeSeconds: number, now: number): string;
  /** When a token issued here ended, if it has; undefined for every other token: those are not checked. */
  expiredAt(token: string, now: number): number | undefined;
}

export function createAccessTokens(tenantId: string): AccessTokens {
  const issuer = `https://sts.windows.net/${tenantId}/`;
  const key = randomBytes(32);
  return {
    issue: (subject, audience, lifetimeSeconds, now) => {
      const seconds = Math.floor(now / 1000);
      const claims = {
        aud: audience,
        iss: issuer,
        iat: seconds,
        nbf: seconds,
        exp: seconds + lifetimeSeconds,
        appid: subject,
        tid: tenantId,
        uti: randomUUID(),
        ver: '1.0',
      };
      const signed = `${encode({ typ: 'JWT', alg: 'HS256' })}.${encode(claims)}`;
      return `${signed}.${createHmac('sha256', key).update(signed).digest('base64url')}`;
    },
    expiredAt: (token, now) => {
      const claims = decodeClaims(token);
      if (claims?.iss !== issuer || typeof claims.exp !== 'number') return undefined;
      return claims.exp * 1000 <= now ? claims.exp * 1000 : undefined;
    },
  };
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}

function decodeClaims(token: string): { readonly iss?: unknown; readonly exp?: unknown } | undefined {
  const [, payload] = token.split('.');
  if (payload === undefined) return undefined;
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    return typeof claims === 'object' && claims !== null ? claims : undefined;
  } catch {
    return undefined;
  }
}
