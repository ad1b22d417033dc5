import type { Clock } from '../../../async/clock.ts';

/** Rings once, at a time that may be moved. */
export interface Alarm {
  /** Milliseconds since the epoch; undefined: not at all. */
  set(at: number | undefined): void;
  close(): void;
}

/** `onError` gets what `ring` throws: there is no caller to throw it to. */
export function createAlarm(clock: Clock, ring: () => void, onError: (error: unknown) => void): Alarm {
  let current: AbortController | undefined;

  const wait = async (at: number, signal: AbortSignal) => {
    // A timer may end a little early; then the rest is waited for.
    for (let left = at - clock.now(); left > 0; left = at - clock.now()) await clock.sleep(left, signal);
    if (!signal.aborted) ring();
  };
  const stop = () => {
    current?.abort();
    current = undefined;
  };
  return {
    set: (at) => {
      stop();
      if (at === undefined) return;
      const controller = new AbortController();
      current = controller;
      wait(at, controller.signal).catch((error: unknown) => {
        if (!controller.signal.aborted) onError(error);
      });
    },
    close: stop,
  };
}
