import { textParameter } from '../../faults/fault.ts';
import type { Fault, FaultBook } from '../faults/fault-kinds.ts';
import type { Filesystem } from './filesystem.ts';

/** A file system as the faults set now let it look; what it is does not change. */
export function asFaultsHaveIt(
  faults: FaultBook,
  filesystem: Filesystem,
): Filesystem & { readonly healthState?: string } {
  const meant = (fault: Fault) => {
    const name = textParameter(fault, 'filesystem', filesystem.name);
    return name.toLowerCase() === filesystem.name.toLowerCase();
  };
  const unhealthy = faults.standing('unhealthy', undefined, meant);
  const moved = faults.standing('mgs-moved', undefined, meant);
  return {
    ...filesystem,
    ...(moved && { mgsAddress: textParameter(moved, 'address', filesystem.mgsAddress) }),
    ...(unhealthy && { healthState: textParameter(unhealthy, 'state', 'Degraded') }),
  };
}
