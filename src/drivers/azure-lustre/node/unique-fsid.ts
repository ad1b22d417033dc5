import type { NodePorts } from '../../driver-module.ts';
import { loadedClientVersion, takesUniqueFsid } from './client-module.ts';

/** Mount option of the Lustre client: each mount has an st_dev of its own, by which kubelet tells them apart. */
export const uniqueFsidOption = 'unique_fsid';

/** Not an option of any client: a volume's way to say that `unique_fsid` shall not be added. */
export const noUniqueFsidOption = 'no_unique_fsid';

/** Whether mounts get `unique_fsid` by themselves. */
export interface UniqueFsid {
  wanted(): boolean;
  /** A mount was refused with EINVAL; `added` says whether it had the option from here. */
  invalidOption(added: boolean): void;
}

/** A client is loaded once in a node's life, and kubelet may publish thousands of times a second. */
const trustMs = 1000;

/**
 * The version alone does not prove the option: clients built elsewhere may lack it. So after a refusal the next mount
 * goes without; when that is refused as well, it was another option's fault. Nothing else is remembered.
 */
export function createUniqueFsid({ readText, clock }: Pick<NodePorts, 'readText' | 'clock'>): UniqueFsid {
  let suspected = false;
  let known = { taken: false, until: 0 };
  const isTaken = () => {
    if (clock.now() >= known.until) {
      const taken = takesUniqueFsid(loadedClientVersion(readText));
      known = { taken, until: clock.now() + trustMs };
    }
    return known.taken;
  };
  return {
    wanted: () => !suspected && isTaken(),
    invalidOption: (added) => {
      suspected = added;
    },
  };
}
