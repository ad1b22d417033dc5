import { ArmError } from './arm-error.ts';
import { type ArmRequest, type ArmResponse, ok, queryValue } from './arm-request.ts';

/**
 * One page of a list, with ARM's `nextLink` to the next. The token names the last key served, so that what is created
 * or deleted between two pages neither repeats nor hides an entry.
 */
export function page<T>(
  request: ArmRequest,
  entries: readonly { readonly key: string; readonly value: T }[],
  size: number,
): ArmResponse {
  const token = queryValue(request.query, '$skiptoken');
  const after = token === undefined ? undefined : decodeToken(token);
  const rest = entries
    .filter(({ key }) => after === undefined || key > after)
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  const here = rest.slice(0, size);
  const last = here.at(-1);
  const value = here.map((entry) => entry.value);
  return ok(
    last !== undefined && rest.length > size ? { value, nextLink: nextLink(request, last.key) } : { value },
  );
}

function nextLink(request: ArmRequest, lastKey: string): string {
  const query = new URLSearchParams(
    [...request.query].filter(([name]) => name.toLowerCase() !== '$skiptoken'),
  );
  query.set('$skiptoken', Buffer.from(lastKey).toString('base64url'));
  return `${request.baseUrl}${request.path}?${query}`;
}

function decodeToken(token: string): string {
  if (!/^[\w-]+$/.test(token)) {
    throw new ArmError(400, 'InvalidSkipToken', `The skip token '${token}' is invalid.`, {
      target: '$skiptoken',
    });
  }
  return Buffer.from(token, 'base64url').toString('utf8');
}
