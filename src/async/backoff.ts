export interface BackoffOptions {
  /** Milliseconds before the first retry. */
  readonly initialMs: number;
  /** Milliseconds that no delay passes. */
  readonly maxMs: number;
  /** Growth from one retry to the next; 2 where absent. */
  readonly factor?: number;
  /** Share of the delay that is random, 0 to 1, so that many clients do not retry in step; 0.2 where absent. */
  readonly jitter?: number;
}

/**
 * Milliseconds to wait before retry `attempt` (0 for the first). The jitter takes away and never adds, so `maxMs` holds.
 *
 * @param random a number in [0, 1), as Math.random gives
 */
export function backoffDelay(options: BackoffOptions, attempt: number, random: () => number): number {
  const { initialMs, maxMs, factor = 2, jitter = 0.2 } = options;
  const grown = Math.min(maxMs, initialMs * factor ** attempt);
  return grown * (1 - jitter * random());
}
