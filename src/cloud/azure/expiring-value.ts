import type { Clock } from '../../async/clock.ts';
import { unlessAborted } from './unless-aborted.ts';

export interface ExpiringValue<Value> {
  /** Rejects with what `load` failed with, or with the signal's reason. */
  get(signal: AbortSignal): Promise<Value>;
}

/**
 * A value worth asking for only now and then. Many callers share one load; a caller that leaves does not end it for the
 * others, and a load that failed is not kept.
 */
export function expiringValue<Value>(
  clock: Clock,
  lifetimeMs: number,
  load: () => Promise<Value>,
): ExpiringValue<Value> {
  let current: { readonly value: Promise<Value>; readonly until: number } | undefined;

  return {
    async get(signal) {
      signal.throwIfAborted();
      if (current === undefined || clock.now() >= current.until) {
        const mine = { value: load(), until: clock.now() + lifetimeMs };
        current = mine;
        mine.value.catch(() => {
          if (current === mine) current = undefined;
        });
      }
      return unlessAborted(current.value, signal);
    },
  };
}
