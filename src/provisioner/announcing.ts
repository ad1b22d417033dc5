import type { Clock } from '../async/clock.ts';

/** Work that ends sooner is told of once, by its outcome: each event costs the API server a write. */
const patienceMs = 1000;

/**
 * Does `work` and calls `tell` once it has gone on for a second, or when it calls the `now` that it is given, as it
 * does before it tells anything else. At most once, and never after the work's end.
 */
export async function announcing<T>(
  clock: Clock,
  tell: () => void,
  work: (now: () => void) => Promise<T>,
): Promise<T> {
  const settled = new AbortController();
  const now = () => {
    if (settled.signal.aborted) return;
    settled.abort();
    tell();
  };
  clock.sleep(patienceMs, settled.signal).then(now, () => {});
  return await work(now).finally(() => settled.abort());
}
