/** How long the service takes, in minutes of simulated time. Source: "over ten minutes" each, measured by its users. */
const MINUTES = {
  create: 12,
  update: 1,
  delete: 10,
  /** Until the job exists; it then grows the file system for `expansion`. */
  expand: 0.5,
  expansion: 20,
  /** Of a file system that holds little. */
  rebalance: 10,
  /** Until an import or export job exists. */
  'blob-job': 0.5,
  /** The walk through a container of few blobs. */
  import: 5,
} as const;

/** Share of a creation after which the MGS answers: servers come up before the service calls itself ready. */
export const SERVING_AFTER = 0.95;

/** Seconds between polls that ARM asks for in simulated time. */
const RETRY_AFTER_SECONDS = 30;

/** Milliseconds of real time. */
export function duration(of: keyof typeof MINUTES, timeScale: number): number {
  return (MINUTES[of] * 60_000) / timeScale;
}

/** Whole seconds of real time, as the header wants, at least one. */
export function retryAfterSeconds(timeScale: number): number {
  return Math.max(1, Math.round(RETRY_AFTER_SECONDS / timeScale));
}
