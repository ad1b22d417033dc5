import { CsiError } from '../../../csi/errors.ts';
import { endsWithin } from '../../../mount/ends-within.ts';
import { type ReachPorts, reachMgs, reachWithinMs } from './reach-mgs.ts';

const trustMs = 20_000;

/** Resolves when the MGS can be reached; throws with what to check when it cannot. */
export type MgsGate = (mgsAddress: string, signal: AbortSignal) => Promise<void>;

/**
 * A mount from an MGS that does not answer hangs in the kernel for minutes, so it is asked first. The many pods of one
 * node ask for the same MGS at once: they share one question, and a good answer is trusted for 20 s. An MGS that is
 * dead delays those who ask for it and nobody else.
 */
export function createMgsGate(ports: ReachPorts): MgsGate {
  const { clock } = ports;
  const answeredAt = new Map<string, number>();
  const asking = new Map<string, Promise<void>>();

  const ask = (mgsAddress: string): Promise<void> => {
    const answer = reachMgs(ports, mgsAddress).then(() => void answeredAt.set(mgsAddress, clock.now()));
    asking.set(mgsAddress, answer);
    const done = () => void asking.delete(mgsAddress);
    answer.then(done, done);
    return answer;
  };

  return async (mgsAddress, signal) => {
    const last = answeredAt.get(mgsAddress);
    if (last !== undefined && clock.now() - last < trustMs) return;
    const answer = asking.get(mgsAddress) ?? ask(mgsAddress);
    if (!(await endsWithin(answer, reachWithinMs, clock, signal)))
      throw new CsiError('deadline-exceeded', `no time left to reach MGS ${mgsAddress}`);
    await answer;
  };
}
