import type { Clock } from '../../async/clock.ts';

/**
 * How fast requests of one operation may leave. Free until AWS throttles; from then on evenly spaced, at a rate that falls
 * with each throttling and grows back along a cubic curve, slowly near the rate that was refused. The constants are
 * those of the AWS SDKs' adaptive retry mode.
 */
export interface SendRate {
  /** Milliseconds to wait before the next request may leave; its place is taken. */
  reserve(): number;
  /** A request that left at `sentAt` (milliseconds since the epoch) was throttled. */
  throttled(sentAt: number): void;
  succeeded(): void;
}

const beta = 0.7;
const scale = 0.4;
/** Requests per second; it never stands still. */
const slowest = 0.5;
const windowMs = 500;

export function createSendRate(clock: Clock): SendRate {
  let rate = Number.POSITIVE_INFINITY;
  let refusedRate = 0;
  let loweredAt = Number.NEGATIVE_INFINITY;
  let nextAt = 0;
  const measured = measureRate();

  return {
    reserve() {
      const now = clock.now();
      const at = rate === Number.POSITIVE_INFINITY ? now : Math.max(now, nextAt);
      nextAt = at + 1000 / rate;
      measured.count(at);
      return at - now;
    },
    throttled(sentAt) {
      // Whatever left before the rate was last lowered says nothing about the lower one.
      if (sentAt < loweredAt) return;
      loweredAt = clock.now();
      refusedRate = Math.min(rate, Math.max(measured.perSecond(loweredAt), slowest));
      rate = Math.max(slowest, refusedRate * beta);
    },
    succeeded() {
      if (rate === Number.POSITIVE_INFINITY) return;
      const seconds = (clock.now() - loweredAt) / 1000;
      const recovery = Math.cbrt((refusedRate * (1 - beta)) / scale);
      const grown = scale * (seconds - recovery) ** 3 + refusedRate;
      rate = Math.max(slowest, grown);
    },
  };
}

/** Requests per second, of the last full window and the one before, smoothed. */
function measureRate() {
  let window = 0;
  let count = 0;
  let smoothed = 0;
  const roll = (now: number) => {
    const current = Math.floor(now / windowMs);
    if (current <= window) return;
    smoothed = 0.8 * ((count * 1000) / (windowMs * (current - window))) + 0.2 * smoothed;
    count = 0;
    window = current;
  };
  return {
    count(now: number) {
      roll(now);
      count++;
    },
    perSecond(now: number) {
      roll(now);
      return Math.max(smoothed, (count * 1000) / windowMs);
    },
  };
}
