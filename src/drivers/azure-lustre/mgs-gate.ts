import { withDeadline } from '../../async/deadline.ts';
import { CsiError } from '../../csi/errors.ts';
import { errnoOf } from '../../mount/errno.ts';
import type { NodePorts } from '../driver-module.ts';

const answerWithinMs = 5_000;
const trustMs = 20_000;

/** Resolves when the MGS answers on LNet's port; throws with what to check when it does not. */
export type MgsGate = (mgsAddress: string, signal: AbortSignal) => Promise<void>;

/**
 * A mount from an MGS that does not answer hangs in the kernel for minutes, so the port is tried first. A good answer
 * is trusted for 20 s: the many pods of one node ask for the same MGS at once.
 */
export function createMgsGate({
  clock,
  dial,
  lnetPort,
}: Pick<NodePorts, 'clock' | 'dial' | 'lnetPort'>): MgsGate {
  const answeredAt = new Map<string, number>();
  return async (mgsAddress, signal) => {
    const last = answeredAt.get(mgsAddress);
    if (last !== undefined && clock.now() - last < trustMs) return;
    const limit = withDeadline(clock, signal, clock.now() + answerWithinMs, () => new Error('no TCP answer'));
    try {
      await dial(mgsAddress, lnetPort, limit.signal);
      answeredAt.set(mgsAddress, clock.now());
    } catch (error) {
      if (signal.aborted)
        throw new CsiError('deadline-exceeded', `no time left to reach MGS ${mgsAddress}`, { cause: error });
      const heard = limit.signal.aborted
        ? `no TCP answer in ${answerWithinMs / 1000} s`
        : (errnoOf(error) ?? String(error));
      throw new CsiError(
        'failed-precondition',
        `MGS IP address "${mgsAddress}" is not reachable; verify the cluster IP address. ${heard} on port ${lnetPort}: allow inbound TCP ${lnetPort} from the nodes in the network security group of the file system's subnet, and check that its virtual network is the nodes' own or peered with it`,
        { cause: error },
      );
    } finally {
      limit.dispose();
    }
  };
}
