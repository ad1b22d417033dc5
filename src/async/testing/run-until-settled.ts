import type { FakeClock } from './fake-clock.ts';

/** Lets time pass on `clock`, a second at a time, until `work` has ended; returns or throws what it does. */
export async function runUntilSettled<T>(clock: FakeClock, work: Promise<T>): Promise<T> {
  let settled = false;
  const end = () => {
    settled = true;
  };
  work.then(end, end);
  await clock.advance(0);
  while (!settled) await clock.advance(1000);
  return work;
}
