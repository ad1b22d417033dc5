import { createHash } from 'node:crypto';

/** Below it people choose ids by hand; above it Lustre's tools read a sign. */
const lowest = 1_000_000;
const highest = 2 ** 31 - 1;

/**
 * Project ids for a volume, in the order to try them. The first follows from its name, so that whoever looks again
 * finds the same one; the others are its neighbours.
 */
export function* projectIdsFor(volume: string, tries = 32): Generator<number> {
  const span = highest - lowest + 1;
  const start = createHash('sha256').update(volume).digest().readUInt32BE() % span;
  for (let step = 0; step < tries; step++) yield lowest + ((start + step) % span);
}
