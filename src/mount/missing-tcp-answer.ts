import type { Clock } from '../async/clock.ts';
import { withDeadline } from '../async/deadline.ts';
import type { dial } from './dial.ts';
import { errnoOf } from './errno.ts';

/** How long a server is waited for. */
export const answerWithinMs = 5_000;

/** Nobody answered. `heard` is what there was instead, for a user: `no TCP answer in 5 s`, `ECONNREFUSED`. */
export interface NoTcpAnswer {
  readonly heard: string;
  readonly cause: unknown;
}

/**
 * Whether a server answers on a TCP port within five seconds; undefined where it does. A mount from one that does not
 * would hang in the kernel for minutes. Throws the signal's reason when that ends the wait.
 */
export async function missingTcpAnswer(
  ports: { readonly clock: Clock; readonly dial: typeof dial },
  address: string,
  port: number,
  signal: AbortSignal,
): Promise<NoTcpAnswer | undefined> {
  const { clock } = ports;
  const limit = withDeadline(clock, signal, clock.now() + answerWithinMs, () => new Error('no TCP answer'));
  try {
    await ports.dial(address, port, limit.signal);
    return undefined;
  } catch (cause) {
    signal.throwIfAborted();
    const silent = limit.signal.aborted;
    return {
      heard: silent ? `no TCP answer in ${answerWithinMs / 1000} s` : (errnoOf(cause) ?? String(cause)),
      cause,
    };
  } finally {
    limit.dispose();
  }
}
