import type { Clock } from '../async/clock.ts';

export interface EventLoopLag {
  /** Milliseconds by which the last timer came late; 0 before the first. */
  current(): number;
  close(): void;
}

/** Milliseconds between two looks. */
const LOOK_MS = 1_000;

/**
 * Watches how late timers come. The measurement after a blocked second is taken before the requests that waited are
 * served, so a liveness probe sees the block that it waited for.
 */
export function watchEventLoop(clock: Clock): EventLoopLag {
  const stop = new AbortController();
  let lag = 0;
  const watch = async () => {
    for (;;) {
      const due = clock.now() + LOOK_MS;
      await clock.sleep(LOOK_MS, stop.signal);
      lag = Math.max(0, clock.now() - due);
    }
  };
  // Ends only by `close`.
  watch().catch(() => {});
  return { current: () => lag, close: () => stop.abort() };
}
