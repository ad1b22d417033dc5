import type { KubeObject } from '../../../kube/objects.ts';
import { negotiate } from '../http/representation.ts';
import { badRequest, StatusError } from '../http/status-error.ts';
import { apiVersionOf } from '../resources/resource-definition.ts';
import { encodeItem, viewOfStored } from '../schema/codec.ts';
import type { ServerState } from '../server-state.ts';
import { type Entry, parseEntry } from '../store/object-store.ts';
import { columnsOf } from '../tables/columns-of.ts';
import { makeTable, partialMetadata } from '../tables/table.ts';
import type { Answer, TargetedRequest } from './api-request.ts';
import { checkListOptions, checkRevision } from './list-options.ts';
import { parseSelection, select } from './selection.ts';

/** A page of the objects the selectors choose. */
export function listObjects(state: ServerState, request: TargetedRequest): Answer {
  const { query } = request;
  checkListOptions(query, false);
  const all = select(state.store, parseSelection(request.target, query));
  const from = readContinue(query.get('continue'));
  if (from !== undefined && (query.get('resourceVersion') ?? '') !== '') {
    throw badRequest('specifying resource version is not allowed when using continue');
  }
  if (from === undefined) checkRevision(query, state.store.revision(), true);
  const revision = from?.revision ?? state.store.revision();
  // Later pages show newer objects under the first page's version: whoever watches from it is told of those changes.
  if (
    from !== undefined &&
    state.store.changesSince(request.target.definition.storedAs, revision) === undefined
  ) {
    throw new StatusError(
      'Expired',
      'The provided continue parameter is too old to display a consistent list result. You must start a new list without the continue parameter.',
    );
  }
  const rest = from === undefined ? all : all.filter((entry) => keyOf(entry) > from.key);
  const limit = Number(query.get('limit') ?? 0);
  const page = limit > 0 ? rest.slice(0, limit) : rest;
  const last = page.at(-1);
  const metadata = {
    resourceVersion: String(revision),
    ...(last === undefined || page.length === rest.length
      ? {}
      : { continue: writeContinue(revision, keyOf(last)), ...remaining(query, rest.length - page.length) }),
  };
  return { code: 200, json: encodeList(state, request, page, metadata) };
}

/** Not told of a selection: Kubernetes would have to look at all objects to know. */
function remaining(query: URLSearchParams, remainingItemCount: number): object {
  return query.get('labelSelector') || query.get('fieldSelector') ? {} : { remainingItemCount };
}

/** The list in the form the client asked for. */
export function encodeList(
  state: ServerState,
  request: TargetedRequest,
  page: readonly Entry[],
  metadata: object,
): string {
  const { definition, version } = request.target;
  const { as, includeObject } = negotiate(request.headers, request.query);
  if (as === 'object') {
    // Kubernetes keeps lists of custom resources untyped, and so an empty token in them.
    const shown = definition.custom === undefined ? metadata : { continue: '', ...metadata };
    const apiVersion = apiVersionOf(definition.group, version);
    const head = { kind: definition.listKind, apiVersion, metadata: shown };
    const items = page.map(({ json }) => encodeItem(definition, version, json)).join(',');
    return `${JSON.stringify(head).slice(0, -1)},"items":[${items}]}`;
  }
  const objects = page.map((entry) => parseEntry(entry));
  if (as === 'PartialObjectMetadata') {
    const items = objects.map(partialMetadata);
    return JSON.stringify({
      kind: 'PartialObjectMetadataList',
      apiVersion: 'meta.k8s.io/v1',
      metadata,
      items,
    });
  }
  const options = { includeObject, headers: true, now: state.clock.now() };
  const rows =
    includeObject === 'Object' ? objects.map((one) => viewOfStored(definition, version, one)) : objects;
  return JSON.stringify(makeTable(columnsOf(definition, version), rows as KubeObject[], metadata, options));
}

// U+0000 sorts before whatever a name may hold, so keys sort as namespaces and then names do.
const keyOf = ({ namespace, name }: Entry) => `${namespace}\0${name}`;

function writeContinue(revision: number, key: string): string {
  return Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', rv: revision, start: key })).toString('base64url');
}

function readContinue(token: string | null): { revision: number; key: string } | undefined {
  if (token === null || token === '') return undefined;
  try {
    const { rv, start } = JSON.parse(Buffer.from(token, 'base64url').toString()) as {
      rv: unknown;
      start: unknown;
    };
    if (typeof rv === 'number' && typeof start === 'string') return { revision: rv, key: start };
  } catch {
    // Falls through to the refusal.
  }
  throw badRequest('invalid continue token: continue key is not valid');
}
