import type { Clock } from '../../../../async/clock.ts';
import { numberParameter } from '../../faults/fault.ts';
import { type ArmRequest, type ArmResponse, ok } from '../arm/arm-request.ts';
import type { FaultBook } from '../faults/fault-kinds.ts';
import type { AccessTokens } from './access-token.ts';

/** Lifetime Entra ID usually gives, in seconds. */
const USUAL_LIFETIME = 3599;

/**
 * As much of Microsoft Entra ID as the Azure SDKs ask on their way to a token: discovery and the token endpoints.
 * Undefined for any other path. Every client, secret, assertion and tenant is taken; only what is missing is refused.
 */
export function serveOauth(
  request: ArmRequest,
  tokens: AccessTokens,
  faults: FaultBook,
  clock: Clock,
): ArmResponse | undefined {
  const path = request.path.toLowerCase();
  if (path === '/common/discovery/instance') return ok(instanceDiscovery(request));
  if (path === '/metadata/endpoints') return ok(cloudMetadata(request));
  const tenant = /^\/([^/]+)(\/v2\.0)?\/\.well-known\/openid-configuration$/.exec(path)?.[1];
  if (tenant !== undefined) return ok(openidConfiguration(request.baseUrl, tenant));
  if (!/^\/[^/]+\/oauth2\/(v2\.0\/)?token$/.test(path)) return undefined;
  return request.method === 'POST' ? token(request, tokens, faults, clock) : { status: 405 };
}

function token(request: ArmRequest, tokens: AccessTokens, faults: FaultBook, clock: Clock): ArmResponse {
  const form = new URLSearchParams(request.body.toString('utf8'));
  const client = form.get('client_id');
  const scope = form.get('scope') ?? form.get('resource');
  if (form.get('grant_type') !== 'client_credentials') {
    return refusal('unsupported_grant_type', 'AADSTS70003', 'The grant type must be client_credentials.');
  }
  if (!client) return refusal('invalid_request', 'AADSTS900144', "The parameter 'client_id' is missing.");
  if (!scope) return refusal('invalid_request', 'AADSTS900144', "The parameter 'scope' is missing.");
  if (!form.get('client_secret') && !form.get('client_assertion')) {
    return refusal('invalid_client', 'AADSTS7000218', "'client_assertion' or 'client_secret' is missing.");
  }
  const fault = faults.standing(
    'expire-token',
    request,
    ({ parameters }) => parameters.lifetimeSeconds !== undefined,
  );
  const lifetime =
    fault === undefined ? USUAL_LIFETIME : numberParameter(fault, 'lifetimeSeconds', USUAL_LIFETIME);
  return ok({
    token_type: 'Bearer',
    expires_in: lifetime,
    ext_expires_in: lifetime,
    access_token: tokens.issue(client, scope.replace(/\/\.default$/, ''), lifetime, clock.now()),
  });
}

function refusal(error: string, code: string, text: string): ArmResponse {
  return {
    status: error === 'invalid_client' ? 401 : 400,
    body: { error, error_description: `${code}: ${text}`, error_codes: [Number(code.slice(6))] },
  };
}

function openidConfiguration(baseUrl: string, tenant: string): object {
  const authority = `${baseUrl}/${tenant}`;
  return {
    issuer: `${authority}/v2.0`,
    authorization_endpoint: `${authority}/oauth2/v2.0/authorize`,
    token_endpoint: `${authority}/oauth2/v2.0/token`,
    device_authorization_endpoint: `${authority}/oauth2/v2.0/devicecode`,
    end_session_endpoint: `${authority}/oauth2/v2.0/logout`,
    jwks_uri: `${authority}/discovery/v2.0/keys`,
    response_types_supported: ['code', 'id_token', 'token'],
    scopes_supported: ['openid'],
    token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt'],
  };
}

function instanceDiscovery({ baseUrl }: ArmRequest): object {
  const { host } = new URL(baseUrl);
  return {
    tenant_discovery_endpoint: `${baseUrl}/common/v2.0/.well-known/openid-configuration`,
    'api-version': '1.1',
    metadata: [{ preferred_network: host, preferred_cache: host, aliases: [host] }],
  };
}

/** Where this cloud's parts are, in the form that `az cloud register` and Azure Stack tools read. */
function cloudMetadata({ baseUrl }: ArmRequest): object {
  return {
    name: 'BerthSandbox',
    resourceManager: baseUrl,
    authentication: {
      loginEndpoint: baseUrl,
      audiences: [baseUrl, 'https://management.azure.com/'],
      tenant: 'common',
      identityProvider: 'AAD',
    },
  };
}
