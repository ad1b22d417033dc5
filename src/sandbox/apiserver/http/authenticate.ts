import type { IncomingHttpHeaders } from 'node:http';
import { StatusError } from './status-error.ts';

/**
 * The user that a bearer token stands for. Tokens are long random strings, so a lookup by value leaks nothing useful.
 * @throws StatusError Unauthorized
 */
export function authenticate(headers: IncomingHttpHeaders, tokens: ReadonlyMap<string, string>): string {
  const [, token] = /^Bearer (\S+)$/i.exec(headers.authorization ?? '') ?? [];
  const user = token === undefined ? undefined : tokens.get(token);
  if (user === undefined) throw new StatusError('Unauthorized', 'Unauthorized');
  return user;
}
