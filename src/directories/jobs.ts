import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../async/clock.ts';
import { endsWithin } from '../mount/ends-within.ts';
import type { Log } from '../telemetry/log.ts';
import type { DoWork } from './start-work.ts';
import type { Order, Outcome } from './wire.ts';

/** How an order stands: ended, or still at work after so many milliseconds. */
export type Answer = Outcome | { readonly running: { readonly forMs: number } };

export interface Jobs {
  /** Begins the order's work, or joins it where it is under way, and waits `waitMs` for its end. */
  ask(order: Order, waitMs: number): Promise<Answer>;
  /** Ends what is running; each may be repeated. */
  close(): Promise<void>;
}

export interface JobsOptions {
  readonly work: DoWork;
  readonly clock: Clock;
  readonly log: Log;
}

interface Job {
  readonly order: Order;
  readonly startedAt: number;
  readonly outcome: Promise<Outcome>;
}

/** Processes at the same time for each file system: one that hangs keeps no more than its own. */
const atOnce = { quick: 4, walk: 2 };

/** More orders than this are not taken. */
const mostJobs = 2_000;

const walks: readonly Order['name'][] = ['remove', 'removeUnrecorded', 'usage'];

/**
 * Who asks may go and come again: work goes on without him, and an order that is given twice is done once. Removals take
 * turns, so that a large one does not hold up the next.
 */
export function createJobs({ work, clock, log }: JobsOptions): Jobs {
  const jobs = new Map<string, Job>();
  const lanes = new Map<string, Lane>();
  const stop = new AbortController();

  const follow = async (order: Order): Promise<Outcome> => {
    const kind = walks.includes(order.name) ? 'walk' : 'quick';
    const key = `${kind} ${order.mount.source}`;
    const lane = lanes.get(key) ?? createLane(atOnce[kind]);
    lanes.set(key, lane);
    for (;;) {
      const outcome = await lane.inTurn(() => work(order, stop.signal));
      if (!('unfinished' in outcome) || stop.signal.aborted) return outcome;
    }
  };
  const begin = (key: string, order: Order): Job => {
    const job = { order, startedAt: clock.now(), outcome: follow(order) };
    jobs.set(key, job);
    void job.outcome.then((outcome) => {
      jobs.delete(key);
      if ('error' in outcome)
        log.warn({ order: order.name, key, reason: outcome.error.message }, 'directory work failed');
    });
    return job;
  };

  return {
    async ask(order, waitMs) {
      const key = keyOf(order);
      const running = jobs.get(key);
      if (running !== undefined && !isDeepStrictEqual(running.order, order)) return busy(running.order);
      if (running === undefined && jobs.size >= mostJobs) return full;
      const job = running ?? begin(key, order);
      if (await endsWithin(job.outcome, waitMs, clock)) return job.outcome;
      return { running: { forMs: clock.now() - job.startedAt } };
    },
    async close() {
      stop.abort(new Error('berth directories is stopping'));
      await Promise.all([...jobs.values()].map((job) => job.outcome));
    },
  };
}

/** What no two orders may work on at the same time. */
function keyOf(order: Order): string {
  const { source } = order.mount;
  if ('volume' in order) return `${source} volume ${order.volume}`;
  return order.name === 'usage' ? `${source} path ${order.path}` : `${source} list`;
}

function busy({ name }: Order): Outcome {
  return {
    error: { code: 'aborted', message: `other work on it (${name}) is under way; try again when it is done` },
  };
}

const full: Outcome = {
  error: { code: 'unavailable', message: `${mostJobs} orders are waiting; try again later` },
};

interface Lane {
  inTurn<T>(work: () => Promise<T>): Promise<T>;
}

/** Lets `width` at a time pass, in the order in which they came. */
function createLane(width: number): Lane {
  const waiting: (() => void)[] = [];
  let free = width;
  return {
    async inTurn(work) {
      if (free > 0) free--;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      try {
        return await work();
      } finally {
        const next = waiting.shift();
        if (next === undefined) free++;
        else next();
      }
    },
  };
}
