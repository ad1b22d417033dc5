import type { Clock } from '../async/clock.ts';
import type { DoWork } from './start-work.ts';
import type { Outcome } from './wire.ts';

/** More measurements than this are not kept; the oldest goes. */
const mostKept = 20_000;

/** Answers for a directory that was measured a short while ago without another walk. */
export function rememberUsage(work: DoWork, clock: Clock): DoWork {
  const kept = new Map<string, { readonly outcome: Outcome; readonly at: number }>();
  return async (order, signal) => {
    if (order.name !== 'usage') return work(order, signal);
    const key = `${order.mount.source} ${order.path}`;
    const last = kept.get(key);
    if (last !== undefined && clock.now() - last.at <= order.maxAgeMs) return last.outcome;
    const at = clock.now();
    const outcome = await work(order, signal);
    kept.delete(key);
    if ('done' in outcome) kept.set(key, { outcome, at });
    const [oldest] = kept.keys();
    if (kept.size > mostKept && oldest !== undefined) kept.delete(oldest);
    return outcome;
  };
}
