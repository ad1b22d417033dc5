import { type ScriptedServer, type SeenRequest, startScriptedServer } from './scripted-server.ts';
import type { TestAuthority } from './test-authority.ts';

export interface TokenAuthority extends ScriptedServer {
  /** The form fields of every request for a token. */
  readonly asked: readonly Readonly<Record<string, string>>[];
}

/**
 * As much of Entra as Azure's credentials ask: OpenID discovery, and tokens `<clientId>-<n>` that last an hour. With
 * `refusal` (an AADSTS code) it gives none.
 */
export async function startTokenAuthority(
  authority: TestAuthority,
  refusal?: string,
): Promise<TokenAuthority> {
  const asked: Record<string, string>[] = [];
  const server = await startScriptedServer(
    (request) => {
      const base = `https://${request.headers.host}/${request.path.split('/')[1]}`;
      if (request.method === 'GET') return { status: 200, body: discovery(base) };
      const form = Object.fromEntries(new URLSearchParams(bodyOf(request)));
      asked.push(form);
      if (refusal === undefined) return { status: 200, body: token(`${form.client_id}-${asked.length}`) };
      return { status: 401, body: refused(refusal) };
    },
    { authority },
  );
  return { ...server, asked, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

function bodyOf(request: SeenRequest): string {
  return typeof request.body === 'string' ? request.body : '';
}

function discovery(base: string) {
  return {
    issuer: `${base}/v2.0`,
    authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
    token_endpoint: `${base}/oauth2/v2.0/token`,
    jwks_uri: `${base}/discovery/v2.0/keys`,
  };
}

function token(access_token: string) {
  return { token_type: 'Bearer', expires_in: 3600, access_token };
}

function refused(code: string) {
  return {
    error: 'invalid_client',
    error_description: `${code}: Invalid client secret provided. Trace ID: 1-2-3 Correlation ID: 4 Timestamp: 2026-01-01 00:00:00Z`,
    error_codes: [Number(code.replace('AADSTS', ''))],
  };
}
