import type { Clock } from '../../async/clock.ts';

/** How long is worked on end between two pauses. */
const burstMs = 50;

/**
 * A wait for each step of long work, so that no more than `perSecond` are done. Most of its waits are none: it lets a
 * burst pass and then makes up for it.
 */
export function createPace(perSecond: number, clock: Clock): () => Promise<void> {
  const burst = Math.max(1, Math.round((perSecond * burstMs) / 1000));
  let steps = 0;
  let began = clock.now();
  return async () => {
    if (++steps < burst) return;
    const early = began + (steps / perSecond) * 1000 - clock.now();
    if (early > 0) await clock.sleep(early);
    steps = 0;
    began = clock.now();
  };
}
