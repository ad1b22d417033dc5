import type { FaultBook } from '../faults/fault-kinds.ts';
import type { AccessTokens } from '../oauth/access-token.ts';
import { ArmError } from './arm-error.ts';
import type { ArmRequest } from './arm-request.ts';

/** Takes any bearer token but an expired one of the sandbox's own. Throws ArmError with 401. */
export function authenticate(
  request: ArmRequest,
  tokens: AccessTokens,
  faults: FaultBook,
  tenantId: string,
  now: number,
): void {
  const refuse = (code: string, message: string) =>
    new ArmError(401, code, message, {
      headers: {
        'WWW-Authenticate': `Bearer authorization_uri="${request.baseUrl}/${tenantId}", error="invalid_token", error_description="${message}"`,
      },
    });
  if (request.authorization === undefined) {
    throw refuse('AuthenticationFailed', "Authentication failed. The 'Authorization' header is missing.");
  }
  const [scheme, token] = request.authorization.split(/\s+/);
  if (scheme?.toLowerCase() !== 'bearer' || !token) {
    throw refuse(
      'AuthenticationFailedInvalidHeader',
      "Authentication failed. The 'Authorization' header is provided in an invalid format.",
    );
  }
  const byFault = faults.take(
    'expire-token',
    request,
    (fault) => fault.parameters.lifetimeSeconds === undefined,
  );
  const expired = byFault === undefined ? tokens.expiredAt(token, now) : now;
  if (expired === undefined) return;
  throw refuse(
    'ExpiredAuthenticationToken',
    `The access token expiry UTC time '${new Date(expired).toISOString()}' is earlier than current UTC time '${new Date(now).toISOString()}'.`,
  );
}
