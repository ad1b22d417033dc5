import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../clock.ts';

export interface FakeClock extends Clock {
  /** Lets `milliseconds` pass: sleeps end in order of time, and what they set off runs before the next one ends. */
  advance(milliseconds: number): Promise<void>;
  /** How long the sleeps now pending still have to go, soonest first. */
  pending(): number[];
}

/** A clock that stands still until a test moves it. */
export function createFakeClock(start: number = Date.UTC(2026, 0, 1)): FakeClock {
  let now = start;
  const sleeps = new Set<{ readonly until: number; readonly wake: () => void }>();

  const due = (end: number) =>
    [...sleeps].filter((sleep) => sleep.until <= end).sort((a, b) => a.until - b.until)[0];

  return {
    now: () => now,
    sleep: (milliseconds, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const onAbort = () => {
          sleeps.delete(sleep);
          reject(signal?.reason);
        };
        const sleep = {
          until: now + milliseconds,
          wake: () => {
            sleeps.delete(sleep);
            signal?.removeEventListener('abort', onAbort);
            resolve();
          },
        };
        sleeps.add(sleep);
        signal?.addEventListener('abort', onAbort, { once: true });
      }),
    async advance(milliseconds) {
      const end = now + milliseconds;
      await setImmediate();
      for (let next = due(end); next !== undefined; next = due(end)) {
        now = Math.max(now, next.until);
        next.wake();
        await setImmediate();
      }
      now = end;
    },
    pending: () => [...sleeps].map((sleep) => sleep.until - now).sort((a, b) => a - b),
  };
}
