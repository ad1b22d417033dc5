import type { ServerResponse } from 'node:http';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { StatusError } from '../http/status-error.ts';
import type { ServerState } from '../server-state.ts';
import type { Change } from '../store/object-store.ts';
import type { Answer, TargetedRequest } from './api-request.ts';
import { checkListOptions, readRevision } from './list-options.ts';
import { parseSelection, type Selection, select } from './selection.ts';
import { errorEvent, eventFor, shownEntry, type WatchEncoder, watchEncoder } from './watch-events.ts';

/** A client that reads slower than this much behind is cut off and may resume from where it was. */
const MAX_BEHIND_BYTES = 32 * 1024 * 1024;
const BOOKMARK_EVERY_MS = 60_000;
/** Kubernetes picks between once and twice its --min-request-timeout of 30 minutes. */
const DEFAULT_TIMEOUT_SECONDS = 45 * 60;
/** So many initial objects are written before other requests get their turn. */
const INITIAL_BATCH = 200;

interface WatchPlan {
  readonly selection: Selection;
  readonly encoder: WatchEncoder;
  /** `current`: begin with the objects as they are; a number: with the changes after it. */
  readonly from: 'current' | number;
  readonly initialEventsEnd: boolean;
  readonly bookmarks: boolean;
  readonly timeoutMs: number;
}

export function watchObjects(state: ServerState, request: TargetedRequest): Answer {
  const plan = planWatch(state, request);
  return { stream: (response) => runWatch(state, plan, request.untilGone(), response) };
}

function planWatch(state: ServerState, request: TargetedRequest): WatchPlan {
  const { query } = request;
  checkListOptions(query, true);
  const revision = readRevision(query);
  const sendInitialEvents = isTrue(query.get('sendInitialEvents'));
  const skipsInitial = query.has('sendInitialEvents') && !sendInitialEvents;
  const current = sendInitialEvents || (!skipsInitial && (revision ?? 0) === 0);
  return {
    selection: parseSelection(request.target, query),
    encoder: watchEncoder(state, request),
    from: current ? 'current' : (revision ?? 0) === 0 ? state.store.revision() : (revision ?? 0),
    initialEventsEnd: sendInitialEvents,
    bookmarks: isTrue(query.get('allowWatchBookmarks')),
    timeoutMs: 1000 * (Number(query.get('timeoutSeconds') ?? 0) || DEFAULT_TIMEOUT_SECONDS),
  };
}

const isTrue = (value: string | null) => value === 'true' || value === '1';

async function runWatch(
  state: ServerState,
  plan: WatchPlan,
  clientGone: AbortSignal,
  response: ServerResponse,
): Promise<void> {
  const ended = new AbortController();
  const signal = AbortSignal.any([clientGone, ended.signal]);
  const end = () => ended.abort();
  response.writeHead(200, { 'Content-Type': 'application/json', 'Cache-Control': 'no-cache, private' });
  response.flushHeaders();
  const write = (line: string) => {
    if (signal.aborted || line === '') return;
    response.write(line);
    if (response.writableLength <= MAX_BEHIND_BYTES) return;
    state.log.warn(
      { resource: plan.selection.storedAs },
      'a watch was cut off because its client reads too slowly',
    );
    end();
    response.destroy();
  };
  const lineOf = (change: Change): string => {
    const type = eventFor(change, plan.selection.matches);
    return type === undefined ? '' : plan.encoder.event(type, shownEntry(change, type));
  };
  // While the beginning is being written, what happens meanwhile waits behind it.
  let backlog: string[] | undefined = [];
  const unsubscribe = state.watches.subscribe(plan.selection.storedAs, (change) => {
    const line = lineOf(change);
    if (backlog === undefined) write(line);
    else backlog.push(line);
  });
  try {
    await writeBeginning(state, plan, lineOf, write, signal);
    for (const line of backlog) write(line);
    backlog = undefined;
    const timers = [state.clock.sleep(plan.timeoutMs, signal).then(end)];
    if (plan.bookmarks) timers.push(writeBookmarks(state, plan, write, signal));
    await Promise.all(timers);
  } catch (error) {
    if (error instanceof StatusError) write(errorEvent(error));
    else if (!signal.aborted) throw error;
  } finally {
    unsubscribe();
    end();
    response.end();
  }
}

/** The objects as they are, or the changes since the version the client has seen. */
async function writeBeginning(
  state: ServerState,
  { selection, encoder, from, initialEventsEnd }: WatchPlan,
  lineOf: (change: Change) => string,
  write: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  if (from !== 'current') {
    const newest = state.store.revision();
    const changes = from > newest ? undefined : state.store.changesSince(selection.storedAs, from);
    if (changes === undefined)
      throw new StatusError('Expired', `too old resource version: ${from} (${newest})`);
    write(changes.map(lineOf).join(''));
    return;
  }
  const revision = state.store.revision();
  const entries = select(state.store, selection);
  for (let start = 0; start < entries.length && !signal.aborted; start += INITIAL_BATCH) {
    const batch = entries.slice(start, start + INITIAL_BATCH);
    write(batch.map((entry) => encoder.event('ADDED', entry)).join(''));
    await nextTurn();
  }
  if (initialEventsEnd) write(encoder.bookmark(revision, true));
}

async function writeBookmarks(
  state: ServerState,
  { encoder }: WatchPlan,
  write: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await state.clock.sleep(BOOKMARK_EVERY_MS, signal);
    write(encoder.bookmark(state.store.revision(), false));
  }
}
