import { createHash } from 'node:crypto';
import type { Clock } from '../async/clock.ts';
import type { KubeEvent, ObjectReference } from './objects.ts';

/** What happened to an object, before repetition is taken into account. */
export interface Occurrence {
  readonly about: ObjectReference;
  readonly type: 'Normal' | 'Warning';
  /** One word in UpperCamelCase; people and alerts search for it. */
  readonly reason: string;
  readonly message: string;
  /** Occurrences of one series are one event whose message changes. They are not counted as spam: the caller paces them. */
  readonly series?: string;
}

export interface CorrelatorOptions {
  /** `source.component`. */
  readonly component: string;
  /** `source.host`, where it is known. */
  readonly host?: string;
  readonly clock: Clock;
}

/** client-go's EventCorrelator: 10 like events in 10 minutes are combined; 25 events of one object at once, then one in 5 minutes. */
const similar = { most: 10, withinMs: 600_000 };
const spam = { burst: 25, refillMs: 300_000 };
/** Objects, reasons and messages remembered; client-go keeps 4096. */
const capacity = 1024;
/** The API server refuses a longer `message`. */
const maxMessageLength = 1024;

/** Turns occurrences into Event objects; the same name again means: the event exists and has become this. */
export function createEventCorrelator({ component, host, clock }: CorrelatorOptions) {
  const known = new Map<string, KubeEvent>();
  const combining = new Map<string, { messages: Set<string>; since: number }>();
  const buckets = new Map<string, { tokens: number; at: number }>();
  // Other components name events of the same object in the same millisecond, so that each counts from a place of its own.
  let serial = createHash('sha256').update(component).digest().readUInt32BE();

  const combine = (occurrence: Occurrence): { key: string; message: string } => {
    const { about, type, reason, message, series } = occurrence;
    const kind = [about.uid, about.fieldPath, type, reason].join('\n');
    if (series !== undefined) return { key: `${kind}\n${series}`, message };
    const now = clock.now();
    const group = touch(combining, kind, () => ({ messages: new Set<string>(), since: now }));
    if (now - group.since > similar.withinMs) group.messages.clear();
    group.since = now;
    group.messages.add(message);
    if (group.messages.size < similar.most) return { key: `${kind}\n${message}`, message };
    // One place is kept free, so that the set does not grow and the next new message is combined as well.
    for (const first of group.messages) {
      group.messages.delete(first);
      break;
    }
    return { key: kind, message: `(combined from similar events): ${message}` };
  };

  const isSpam = ({ about, series }: Occurrence): boolean => {
    if (series !== undefined) return false;
    const now = clock.now();
    const bucket = touch(buckets, about.uid ?? '', () => ({ tokens: spam.burst, at: now }));
    bucket.tokens = Math.min(spam.burst, bucket.tokens + (now - bucket.at) / spam.refillMs);
    bucket.at = now;
    if (bucket.tokens < 1) return true;
    bucket.tokens -= 1;
    return false;
  };

  const newEvent = ({ about, type, reason }: Occurrence, now: string): KubeEvent => ({
    metadata: {
      // Cluster-wide objects have their events in `default`.
      namespace: about.namespace ?? 'default',
      name: `${about.name}.${(BigInt(clock.now()) * 1_000_000n + BigInt(serial++ % 1_000_000)).toString(16)}`,
    },
    involvedObject: about,
    type,
    reason,
    message: '',
    count: 0,
    firstTimestamp: now,
    source: { component, ...(host !== undefined && { host }) },
    reportingComponent: component,
    reportingInstance: host ?? '',
  });

  return {
    /** The event as it now has to be, or undefined when there are too many about this object. */
    observe(occurrence: Occurrence): KubeEvent | undefined {
      const { key, message } = combine(occurrence);
      if (isSpam(occurrence)) return undefined;
      const now = new Date(clock.now()).toISOString().replace(/\.\d+Z$/, 'Z');
      const before = touch(known, key, () => newEvent(occurrence, now));
      const event = {
        ...before,
        message: shorten(message),
        count: (before.count ?? 0) + 1,
        lastTimestamp: now,
      };
      known.set(key, event);
      return event;
    },
  };
}

/** The value of `key`, moved to the end of a map that holds at most `capacity`, the least recent first. */
function touch<V>(map: Map<string, V>, key: string, create: () => V): V {
  const value = map.get(key) ?? create();
  map.delete(key);
  if (map.size >= capacity)
    for (const oldest of map.keys()) {
      map.delete(oldest);
      break;
    }
  map.set(key, value);
  return value;
}

function shorten(message: string): string {
  return message.length <= maxMessageLength ? message : `${message.slice(0, maxMessageLength - 1)}…`;
}
