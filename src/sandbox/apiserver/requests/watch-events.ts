import type { KubeObject } from '../../../kube/objects.ts';
import { negotiate } from '../http/representation.ts';
import { failureStatus, type StatusError } from '../http/status-error.ts';
import { apiVersionOf } from '../resources/resource-definition.ts';
import { encodeStored, viewOfStored } from '../schema/codec.ts';
import type { ServerState } from '../server-state.ts';
import { type Change, type Entry, parseEntry } from '../store/object-store.ts';
import { columnsOf } from '../tables/columns-of.ts';
import { makeTable, partialMetadata } from '../tables/table.ts';
import type { TargetedRequest } from './api-request.ts';

type EventType = Change['type'];

/** Writes the lines of one watch in the form its client asked for. */
export interface WatchEncoder {
  event(type: EventType, entry: Entry): string;
  bookmark(revision: number, initialEventsEnd: boolean): string;
}

export function watchEncoder(state: ServerState, request: TargetedRequest): WatchEncoder {
  const { definition, version } = request.target;
  const { as, includeObject } = negotiate(request.headers, request.query);
  const columns = columnsOf(definition, version);
  let headers = true;
  const table = (objects: readonly KubeObject[], metadata: object) => {
    const options = { includeObject, headers, now: state.clock.now() };
    headers = false;
    return JSON.stringify(makeTable(columns, objects, metadata, options));
  };
  const encode = (entry: Entry): string => {
    if (as === 'object') return encodeStored(definition, version, entry.json);
    const object = parseEntry(entry);
    if (as === 'PartialObjectMetadata') return JSON.stringify(partialMetadata(object));
    return table([viewOfStored(definition, version, object)], { resourceVersion: String(entry.revision) });
  };
  return {
    event: (type, entry) => `{"type":"${type}","object":${encode(entry)}}\n`,
    bookmark(revision, initialEventsEnd) {
      const annotations = initialEventsEnd ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {};
      const metadata = { resourceVersion: String(revision), ...annotations };
      const object =
        as === 'Table'
          ? table([{ kind: definition.kind, metadata } as unknown as KubeObject], {
              resourceVersion: String(revision),
            })
          : JSON.stringify({
              kind: definition.kind,
              apiVersion: apiVersionOf(definition.group, version),
              metadata,
            });
      return `{"type":"BOOKMARK","object":${object}}\n`;
    },
  };
}

export function errorEvent(error: StatusError): string {
  return `{"type":"ERROR","object":${JSON.stringify(failureStatus(error))}}\n`;
}

/** An object that ceased to match is shown as it was while it did, under the version of the change. */
export function shownEntry({ type, entry, previous }: Change, shownAs: EventType): Entry {
  if (type === 'DELETED' || shownAs !== 'DELETED' || previous === undefined) return entry;
  const object = parseEntry(previous);
  const metadata = { ...object.metadata, resourceVersion: String(entry.revision) };
  return { ...previous, revision: entry.revision, json: JSON.stringify({ ...object, metadata }) };
}

/**
 * What a change is to a watch that sees only some objects: one that begins to match is added, one that ceases to is
 * deleted. Undefined where the watch sees neither state.
 */
export function eventFor(change: Change, matches: (entry: Entry) => boolean): EventType | undefined {
  const { type, entry, previous } = change;
  const now = matches(entry);
  if (type === 'ADDED') return now ? 'ADDED' : undefined;
  // A change read back from the file does not say what was before; deleting what a client never had does no harm.
  const before = previous === undefined || matches(previous);
  if (type === 'DELETED') return before || now ? 'DELETED' : undefined;
  if (now) return before ? 'MODIFIED' : 'ADDED';
  return before ? 'DELETED' : undefined;
}
