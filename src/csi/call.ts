import type { Log } from '../telemetry/log.ts';
import type { ProgressSink } from './progress.ts';

/** What every operation of one request gets: when to stop, where to write, whom to tell. */
export interface Call {
  /** Aborted when the caller goes away, its deadline passes, or the program stops. */
  readonly signal: AbortSignal;
  /** Milliseconds since the epoch by which the caller wants an answer; undefined means it waits to the end. */
  readonly deadline: number | undefined;
  readonly log: Log;
  readonly progress: ProgressSink;
}
