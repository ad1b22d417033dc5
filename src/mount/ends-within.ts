import type { Clock } from '../async/clock.ts';

/** Whether `event` settles before `milliseconds` have passed and before `signal` is aborted. Never rejects. */
export async function endsWithin(
  event: Promise<unknown>,
  milliseconds: number,
  clock: Clock,
  signal?: AbortSignal,
): Promise<boolean> {
  const cancel = new AbortController();
  const limit = signal === undefined ? cancel.signal : AbortSignal.any([signal, cancel.signal]);
  const settled = event.then(
    () => true,
    () => true,
  );
  const passed = clock.sleep(milliseconds, limit).then(
    () => false,
    () => false,
  );
  try {
    return await Promise.race([settled, passed]);
  } finally {
    cancel.abort();
  }
}
