import type { Clock } from '../../async/clock.ts';
import { type KubeClient, KubeError, type ObjectName } from '../../kube/client.ts';
import type { KubeObject } from '../../kube/objects.ts';
import type { Resource } from '../../kube/resources.ts';
import { type Requeue, startWorkQueue, type WorkQueue } from '../../kube/work-queue.ts';
import type { Log } from '../../telemetry/log.ts';
import type { RecordEvent } from '../record-event.ts';
import type { ClusterCache } from './cluster-cache.ts';

export interface LoopPorts {
  readonly client: KubeClient;
  /** May be behind the server: a write made on its word carries the version it was made on, or is checked again first. */
  readonly cache: ClusterCache;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly recordEvent: RecordEvent;
}

/** One controller: what makes it look, and how it brings one object into the state it should have. */
export interface Loop {
  readonly name: string;
  readonly triggers: readonly Trigger[];
  reconcile(key: string): Promise<Requeue | undefined>;
}

export type Trigger = (cache: ClusterCache, look: (key: string) => void) => void;

/** Looks at the keys that an object names, as it is and as it was before a change. */
export function on<T extends KubeObject>(
  resource: Resource<T>,
  keysOf: (object: T) => readonly string[],
): Trigger {
  return (cache, look) =>
    cache.onChange(resource, (object, before) => {
      for (const key of new Set([...keysOf(object), ...(before === undefined ? [] : keysOf(before))]))
        look(key);
    });
}

export function keyOf(object: {
  readonly metadata: { readonly namespace?: string; readonly name?: string };
}): string {
  const { namespace, name = '' } = object.metadata;
  return namespace === undefined ? name : `${namespace}/${name}`;
}

export function nameOf(key: string): ObjectName {
  const slash = key.indexOf('/');
  return slash < 0 ? { name: key } : { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}

/** Losing a race is no failure: the winner's change arrives by watch, and a look soon after finds it. */
const AFTER_A_LOST_RACE: Requeue = { requeueAfterMs: 25 };
const backoff = { firstMs: 250, mostMs: 60_000 };

/** Starts the loop's queue; the triggers must be set before the cache starts. */
export function startLoop(loop: Loop, ports: LoopPorts): WorkQueue {
  const queue = startWorkQueue({
    name: loop.name,
    concurrency: 4,
    backoff,
    clock: ports.clock,
    log: ports.log,
    signal: ports.signal,
    reconcile: async (key) => {
      try {
        return await loop.reconcile(key);
      } catch (error) {
        if (isReason(error, 'Conflict') || isReason(error, 'AlreadyExists')) return AFTER_A_LOST_RACE;
        if (isReason(error, 'NotFound')) return undefined;
        throw error;
      }
    },
  });
  for (const trigger of loop.triggers) trigger(ports.cache, queue.addNow);
  return queue;
}

export function isReason(error: unknown, reason: string): boolean {
  return error instanceof KubeError && error.reason === reason;
}

/** The object as the server has it now, or undefined where there is none. */
export async function getIfThere<T extends KubeObject>(
  client: KubeClient,
  resource: Resource<T>,
  name: ObjectName,
): Promise<T | undefined> {
  try {
    return await client.get(resource, name);
  } catch (error) {
    if (isReason(error, 'NotFound')) return undefined;
    throw error;
  }
}
