import type { Clock } from '../../async/clock.ts';
import { stopping } from '../abort-reasons.ts';

/** The calls a server is working on, so that it can stop without cutting one in half. */
export interface RunningCalls {
  /** Registers a call; `end` must be called when its work is over. */
  start(rpc: string): { readonly abort: AbortController; readonly end: () => void };
  /** Aborts what can be repeated, waits for what cannot and then aborts that too. Returns how many calls remain. */
  drain(patienceMs: number): Promise<number>;
}

/**
 * A mount that is cut off midway may still appear later, so these run to their end. All others read or wait: the cloud
 * goes on without them and the next call finds what it made.
 */
const runToTheEnd: ReadonlySet<string> = new Set([
  'NodePublishVolume',
  'NodeUnpublishVolume',
  'NodeStageVolume',
  'NodeUnstageVolume',
]);

/** How long an aborted call may take to notice. */
const NOTICE_MS = 2000;

export function createRunningCalls(clock: Clock): RunningCalls {
  const running = new Set<{ readonly rpc: string; readonly abort: AbortController }>();
  let draining = false;
  let onEmpty: (() => void) | undefined;

  async function emptyWithin(ms: number): Promise<void> {
    if (running.size === 0) return;
    const timer = new AbortController();
    await Promise.race([
      new Promise<void>((resolve) => {
        onEmpty = resolve;
      }),
      clock.sleep(ms, timer.signal),
    ]);
    onEmpty = undefined;
    // The losing sleep of the race rejects into nobody's hands otherwise; the race has its handler.
    timer.abort();
  }

  const abortAll = (which: (rpc: string) => boolean) => {
    for (const call of running) if (which(call.rpc)) call.abort.abort(stopping());
  };

  return {
    start(rpc) {
      const call = { rpc, abort: new AbortController() };
      running.add(call);
      if (draining) call.abort.abort(stopping());
      return {
        abort: call.abort,
        end: () => {
          running.delete(call);
          if (running.size === 0) onEmpty?.();
        },
      };
    },
    async drain(patienceMs) {
      draining = true;
      abortAll((rpc) => !runToTheEnd.has(rpc));
      await emptyWithin(patienceMs);
      abortAll(() => true);
      await emptyWithin(NOTICE_MS);
      return running.size;
    },
  };
}
