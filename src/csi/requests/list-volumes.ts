import { createHash } from 'node:crypto';
import { CsiError } from '../errors.ts';

const tokenForm = /^[0-9a-f]{32}$/;

/**
 * One page of a list. Entries stand in the order of their ids' hashes, and a token is the last one's hash: it fits CSI's
 * 128 bytes whatever the ids are, and what comes or goes between two pages neither repeats nor hides another entry.
 *
 * @param most 0: all
 * @throws CsiError `aborted` for a token that no page was answered with, as CSI wants it
 */
export function pageOf<T extends { readonly id: string }>(
  entries: readonly T[],
  token: string,
  most: number,
): { readonly page: readonly T[]; readonly nextToken: string } {
  if (token !== '' && !tokenForm.test(token))
    throw new CsiError('aborted', `starting_token ${JSON.stringify(token)} is none: start again without one`);
  const rest = entries
    .map((entry) => ({ entry, key: keyOf(entry) }))
    .filter(({ key }) => key > token)
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  const here = most === 0 ? rest : rest.slice(0, most);
  const more = rest.length > here.length;
  return { page: here.map(({ entry }) => entry), nextToken: (more && here.at(-1)?.key) || '' };
}

function keyOf({ id }: { readonly id: string }): string {
  return createHash('sha256').update(id).digest('hex').slice(0, 32);
}
