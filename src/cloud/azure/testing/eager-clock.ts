import type { Clock } from '../../../async/clock.ts';

export interface EagerClock extends Clock {
  /** Every sleep so far, in milliseconds. */
  readonly slept: readonly number[];
  pass(milliseconds: number): void;
}

/** Time for tests with real servers: a sleep is noted, moves the time on, and ends at once. */
export function createEagerClock(start: number = Date.UTC(2026, 0, 1)): EagerClock {
  const slept: number[] = [];
  let now = start;
  return {
    slept,
    now: () => now,
    pass: (milliseconds) => {
      now += milliseconds;
    },
    sleep: async (milliseconds, signal) => {
      signal?.throwIfAborted();
      slept.push(milliseconds);
      now += milliseconds;
    },
  };
}
