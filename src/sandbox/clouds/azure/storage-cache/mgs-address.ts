import type { AzureState } from '../state/open-state.ts';

/** Clear of what machines use themselves in 127.0.0.0/16, such as 127.0.0.53. */
const FIRST_OCTETS = '127.88';
const HOSTS = 250;
const NETWORKS = 256;

/**
 * The next address for an MGS: unique among the file systems there are, and not used again soon, so that a mount left
 * over from a deleted file system does not meet a new one. Call it in a transaction.
 */
export function allocateMgsAddress(state: AzureState): string {
  const taken = new Set(state.filesystems.all().map((filesystem) => filesystem.mgsAddress));
  const start = Number(state.settings.get('nextMgsAddress') ?? 0);
  for (let step = 0; step < HOSTS * NETWORKS; step++) {
    const index = (start + step) % (HOSTS * NETWORKS);
    const address = mgsAddress(index);
    if (taken.has(address)) continue;
    state.settings.put('nextMgsAddress', String(index + 1));
    return address;
  }
  throw new Error('every address for an MGS is taken');
}

function mgsAddress(index: number): string {
  return `${FIRST_OCTETS}.${Math.floor(index / HOSTS) % NETWORKS}.${4 + (index % HOSTS)}`;
}
