import { readFile } from 'node:fs/promises';
import { AzureError } from './azure-error.ts';
import type { TokenSource } from './token-source.ts';

/**
 * A token that somebody else keeps fresh in a file (tests, sandboxes, a token broker beside the pod). It is read for
 * each request: a small file in memory, and no rule about when it may change.
 */
export function tokenFile(path: string): TokenSource {
  return {
    async get(signal) {
      const token = await readFile(path, { encoding: 'utf8', signal }).catch((cause: unknown) => {
        signal.throwIfAborted();
        throw new AzureError('unauthenticated', `the token file ${path} cannot be read`, { cause });
      });
      if (token.trim() === '') {
        throw new AzureError('unauthenticated', `the token file ${path} is empty`);
      }
      return token.trim();
    },
    forget: () => {},
  };
}
