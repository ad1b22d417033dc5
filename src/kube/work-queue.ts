import type { Clock } from '../async/clock.ts';
import type { Log } from '../telemetry/log.ts';

export interface WorkQueueOptions {
  /** For the log. */
  readonly name: string;
  readonly concurrency: number;
  /**
   * Brings one key into its wanted state. Throwing means: again, later and later. The signal aborts when the queue is
   * to end; what is running then is waited for.
   */
  readonly reconcile: (key: string, signal: AbortSignal) => Promise<Requeue | undefined>;
  /** Default one second, doubling up to five minutes, as external-provisioner's. */
  readonly backoff?: { readonly firstMs: number; readonly mostMs: number };
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** Asks for another run without counting as a failure. */
export interface Requeue {
  readonly requeueAfterMs: number;
}

export interface WorkQueue {
  /** Asks for a run. A key that waits for its next try keeps waiting. */
  add(key: string): void;
  /** Asks for a run at once, for when the reason to wait may be gone. */
  addNow(key: string): void;
  /** Resolves when no key is ready or running; keys waiting for a later try do not count. */
  idle(): Promise<void>;
  /** Resolves after the signal's abort, when nothing runs any more. */
  readonly done: Promise<void>;
}

/**
 * Runs one key at a time on at most one worker, however often it is added meanwhile: additions during a run become one
 * further run.
 */
export function startWorkQueue(options: WorkQueueOptions): WorkQueue {
  const { clock, log, signal } = options;
  const backoff = options.backoff ?? { firstMs: 1000, mostMs: 300_000 };
  const ready = new Set<string>();
  const running = new Map<string, { again: 'added' | 'added now' | undefined }>();
  const waiting = new Map<string, AbortController>();
  const failures = new Map<string, number>();
  const done = Promise.withResolvers<void>();
  let idleWaiters: (() => void)[] = [];

  const settle = () => {
    if (running.size > 0 || (ready.size > 0 && !signal.aborted)) return;
    for (const resolve of idleWaiters) resolve();
    idleWaiters = [];
    if (signal.aborted) done.resolve();
  };

  const makeReady = (key: string) => {
    if (signal.aborted) return;
    waiting.get(key)?.abort();
    waiting.delete(key);
    ready.add(key);
    startWorkers();
  };

  const makeReadyAfter = (key: string, milliseconds: number) => {
    if (signal.aborted) return;
    waiting.get(key)?.abort();
    const wait = new AbortController();
    waiting.set(key, wait);
    clock.sleep(milliseconds, wait.signal).then(
      () => makeReady(key),
      () => {},
    );
  };

  const startWorkers = () => {
    for (const key of ready) {
      if (running.size >= options.concurrency || signal.aborted) return;
      ready.delete(key);
      void work(key);
    }
  };

  const work = async (key: string) => {
    running.set(key, { again: undefined });
    let nextMs: number | undefined;
    try {
      const requeue = await options.reconcile(key, signal);
      failures.delete(key);
      nextMs = requeue?.requeueAfterMs;
    } catch (error) {
      if (!signal.aborted) nextMs = nextDelay(key, error);
    }
    const again = running.get(key)?.again;
    running.delete(key);
    // A change that came during a failed run may be this run's own doing, so it does not cut the delay short.
    if (again === 'added now' || (again === 'added' && nextMs === undefined)) makeReady(key);
    else if (nextMs !== undefined) makeReadyAfter(key, nextMs);
    startWorkers();
    settle();
  };

  const nextDelay = (key: string, error: unknown): number => {
    const count = failures.get(key) ?? 0;
    failures.set(key, count + 1);
    const delay = Math.min(backoff.firstMs * 2 ** count, backoff.mostMs);
    log.warn({ err: error, key, queue: options.name, retryInMs: delay }, 'work failed, trying again later');
    return delay;
  };

  const stop = () => {
    for (const wait of waiting.values()) wait.abort();
    waiting.clear();
    ready.clear();
    settle();
  };
  if (signal.aborted) stop();
  else signal.addEventListener('abort', stop, { once: true });

  return {
    add: (key) => {
      const run = running.get(key);
      if (run !== undefined) run.again ??= 'added';
      else if (!waiting.has(key)) makeReady(key);
    },
    addNow: (key) => {
      const run = running.get(key);
      if (run !== undefined) run.again = 'added now';
      else makeReady(key);
    },
    idle: () =>
      new Promise((resolve) => {
        idleWaiters.push(resolve);
        settle();
      }),
    done: done.promise,
  };
}
