import type { Clock } from '../../../async/clock.ts';

const shortest = 1_000;
const longest = 15_000;

/** Between two looks a tenth of the time already passed, so that short work is seen at once and long work costs little. */
export function pollInterval(elapsedMs: number): number {
  return Math.min(longest, Math.max(shortest, elapsedMs / 10));
}

/** Calls `look` until it returns something; rejects with the signal's reason once that is aborted. */
export async function poll<T>(
  look: (elapsedMs: number) => Promise<T | undefined>,
  times: { readonly clock: Clock; readonly signal: AbortSignal; readonly startedAt: number },
): Promise<T> {
  for (;;) {
    times.signal.throwIfAborted();
    const elapsedMs = times.clock.now() - times.startedAt;
    const seen = await look(elapsedMs);
    if (seen !== undefined) return seen;
    await times.clock.sleep(pollInterval(elapsedMs), times.signal);
  }
}
