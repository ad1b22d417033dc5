import type { Clock } from '../async/clock.ts';
import type { Log } from '../telemetry/log.ts';
import { type KubeClient, KubeConnectionError, KubeError } from './client.ts';
import { createEventCorrelator, type Occurrence } from './event-correlator.ts';
import type { KubeEvent } from './objects.ts';
import { events } from './resources.ts';
import { startWorkQueue } from './work-queue.ts';

export interface EventRecorderOptions {
  readonly client: KubeClient;
  /** `source.component`, e.g. `azurelustre.csi.azure.com_<pod>_<random>`. */
  readonly component: string;
  readonly host?: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** Tells users what happens to their objects. Events help people and decide nothing, so losing one is no error. */
export interface EventRecorder {
  /** Returns at once; the event is written in the background, or dropped when too many wait. */
  record(occurrence: Occurrence): void;
  /** Resolves when all that can be written has been. */
  flush(): Promise<void>;
}

/** Unwritten events kept; beyond it new ones are dropped so that a slow server costs no memory. */
const maxPending = 1000;
const maxTries = 5;
/** One is enough, and leaves the connection to the writes that somebody waits for. */
const writers = 1;

export function startEventRecorder(options: EventRecorderOptions): EventRecorder {
  const { client, log } = options;
  const correlator = createEventCorrelator(options);
  /** The newest state of each event not yet written, by namespace and name. */
  const pending = new Map<string, { event: KubeEvent; tries: number }>();

  const queue = startWorkQueue({
    ...options,
    name: 'events',
    concurrency: writers,
    reconcile: async (key, signal) => {
      const entry = pending.get(key);
      if (entry === undefined) return undefined;
      const { event } = entry;
      try {
        await write(client, event, signal);
      } catch (error) {
        if (isWorthRetrying(error) && ++entry.tries < maxTries && !signal.aborted) throw error;
        log.warn({ err: error, event: event.metadata.name }, 'an event could not be written');
      }
      // A newer state that came meanwhile stays for the run that its addition has asked for.
      if (pending.get(key)?.event === event) pending.delete(key);
      return undefined;
    },
  });

  return {
    record(occurrence) {
      const event = correlator.observe(occurrence);
      if (event === undefined) return;
      const key = `${event.metadata.namespace}/${event.metadata.name}`;
      if (!pending.has(key) && pending.size >= maxPending) return;
      pending.set(key, { event, tries: 0 });
      queue.add(key);
    },
    flush: queue.idle,
  };
}

/** First writes create; repetitions patch what is there, or create it again when it has expired. */
async function write(client: KubeClient, event: KubeEvent, signal: AbortSignal): Promise<void> {
  const { namespace = 'default', name = '' } = event.metadata;
  if ((event.count ?? 1) > 1) {
    const { count, message, lastTimestamp } = event;
    const patch = { type: 'merge', body: { count, message, lastTimestamp } } as const;
    try {
      await client.patch(events, { namespace, name }, patch, { signal });
      return;
    } catch (error) {
      if (!(error instanceof KubeError && error.reason === 'NotFound')) throw error;
    }
  }
  try {
    await client.create(events, event, { signal });
  } catch (error) {
    if (!(error instanceof KubeError && error.reason === 'AlreadyExists')) throw error;
  }
}

/** 403 is a namespace that is being deleted; other refusals will not change either. */
function isWorthRetrying(error: unknown): boolean {
  return error instanceof KubeConnectionError || (error instanceof KubeError && error.status >= 500);
}
