import type { Clock } from './clock.ts';

/** The work did not end in its time. */
export class TimeoutError extends Error {
  override readonly name = 'TimeoutError';
}

/**
 * Runs `work` with a signal that aborts when the outer one does, or after `milliseconds` with a TimeoutError as its
 * reason. It waits for `work` to end: a work that ignores its signal is not abandoned.
 */
export async function withTimeout<T>(
  clock: Clock,
  milliseconds: number,
  outer: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const inner = new AbortController();
  const timer = new AbortController();
  const onAbort = () => inner.abort(outer?.reason);
  if (outer?.aborted) onAbort();
  outer?.addEventListener('abort', onAbort, { once: true });
  clock.sleep(milliseconds, timer.signal).then(
    () => inner.abort(new TimeoutError(`not done within ${milliseconds / 1000} s`)),
    () => {},
  );
  try {
    return await work(inner.signal);
  } finally {
    timer.abort();
    outer?.removeEventListener('abort', onAbort);
  }
}
