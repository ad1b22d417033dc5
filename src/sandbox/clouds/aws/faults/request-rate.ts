/** How many requests may come, as AWS counts them: a bucket that fills at `perSecond` and holds `burst`. */
export interface RateLimits {
  /** Whether one more of `key` may pass now; takes it from the bucket. `now` in milliseconds. */
  admit(key: string, limit: { readonly perSecond: number; readonly burst: number }, now: number): boolean;
}

export function createRateLimits(): RateLimits {
  const buckets = new Map<string, { tokens: number; at: number }>();
  return {
    admit(key, { perSecond, burst }, now) {
      const bucket = buckets.get(key) ?? { tokens: burst, at: now };
      const tokens = Math.min(burst, bucket.tokens + ((now - bucket.at) * perSecond) / 1000);
      const admitted = tokens >= 1;
      buckets.set(key, { tokens: admitted ? tokens - 1 : tokens, at: now });
      return admitted;
    },
  };
}
