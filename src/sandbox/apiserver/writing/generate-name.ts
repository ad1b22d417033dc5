import { randomInt } from 'node:crypto';

/** Kubernetes' alphabet for generated names: no vowels and no 0, 1, 3, so that no words come out. */
const alphabet = 'bcdfghjklmnpqrstvwxz2456789';
const MAX_NAME = 63;
const SUFFIX = 5;

/** `base` and five random letters, cut so that the name stays a DNS label. */
export function generateName(base: string, random: (limit: number) => number = randomInt): string {
  const suffix = Array.from({ length: SUFFIX }, () => alphabet[random(alphabet.length)]).join('');
  return `${base.slice(0, MAX_NAME - SUFFIX)}${suffix}`;
}
