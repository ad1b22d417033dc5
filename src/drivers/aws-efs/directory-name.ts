import { createHash } from 'node:crypto';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** EFS' limit for a client token; a directory's record takes longer names. */
const plainName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** The name of a volume's own directory: the volume's, or a hash of it where that is too long or has odd characters. */
export function directoryName(volumeName: string): string {
  return plainName.test(volumeName) ? volumeName : `v-${sha256(volumeName).slice(0, 40)}`;
}

/** A client token is one per account and region, whatever the file system: at most 64 ASCII characters. */
export function clientToken(volumeName: string): string {
  return plainName.test(volumeName) ? volumeName : sha256(volumeName);
}

/** Upstream's token for `reuseAccessPoint`: claims of one name share it, in all namespaces and clusters of the account. */
export const reuseToken = (claimName: string): string => sha256(claimName);

/** As a token, but of claims of one namespace only. */
export const namespacedReuseToken = (namespace: string, claimName: string): string =>
  sha256(`${namespace}/${claimName}`);

export const isReuseToken = (token: string): boolean => /^[0-9a-f]{64}$/.test(token);

/** In the form of a UUID, as upstream appends one to directories, but the same for each try of one volume. */
export function uuidOf(volumeName: string): string {
  const hex = sha256(volumeName);
  // Version 8 of RFC 9562: a value of one's own.
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 0x3) | 0x8).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}

/** Where in its range a volume's GID is looked for first, so that two allocators that do not see each other rarely meet. */
export function firstGuess(
  token: string,
  { start, end }: { readonly start: number; readonly end: number },
): number {
  return start + (Number.parseInt(sha256(token).slice(0, 12), 16) % (end - start + 1));
}
