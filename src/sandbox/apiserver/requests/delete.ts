import { parseBody } from '../http/parse-body.ts';
import { badRequest } from '../http/status-error.ts';
import { decode } from '../schema/decode.ts';
import type { ServerState } from '../server-state.ts';
import { parseEntry } from '../store/object-store.ts';
import { type DeleteOptions, deleteObject } from '../writing/delete-object.ts';
import type { Answer, TargetedRequest } from './api-request.ts';
import { objectAnswer } from './encode-answer.ts';
import { parseSelection, select } from './selection.ts';
import { findEntry } from './write.ts';
import { isDryRun } from './write-options.ts';

/** Answers `Status` for what is gone, else the object that waits to go. */
export function remove(state: ServerState, request: TargetedRequest): Answer {
  const { definition } = request.target;
  const entry = findEntry(state, request);
  const deleted = deleteObject(state, definition, entry, deleteOptions(request));
  if (!deleted.gone) return objectAnswer(state, request, deleted);
  const details = {
    name: entry.name,
    ...(definition.group === '' ? {} : { group: definition.group }),
    kind: definition.plural,
    uid: parseEntry(entry).metadata.uid,
  };
  const status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details };
  return { code: 200, json: JSON.stringify(status) };
}

export function removeCollection(state: ServerState, request: TargetedRequest): Answer {
  const { definition } = request.target;
  const options = deleteOptions(request);
  for (const entry of select(state.store, parseSelection(request.target, request.query))) {
    deleteObject(state, definition, entry, options);
  }
  return {
    code: 200,
    json: JSON.stringify({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success' }),
  };
}

const policies = ['Background', 'Foreground', 'Orphan'] as const;

/** From the body where there is one, else from the query. */
function deleteOptions(request: TargetedRequest): DeleteOptions {
  const { query } = request;
  const body = request.body.length === 0 ? {} : decode('V1DeleteOptions', parseBody(request)).value;
  const policy = body.propagationPolicy ?? query.get('propagationPolicy') ?? undefined;
  const grace = body.gracePeriodSeconds ?? query.get('gracePeriodSeconds') ?? undefined;
  const known = policies.find((one) => one === policy);
  if (policy !== undefined && known === undefined) {
    throw badRequest(
      `invalid DeleteOptions: propagationPolicy: Unsupported value: ${JSON.stringify(policy)}: supported values: "Background", "Foreground", "Orphan"`,
    );
  }
  const dryRun = [...((body.dryRun ?? []) as string[]), ...query.getAll('dryRun')];
  return {
    gracePeriodSeconds: grace === undefined ? undefined : Number(grace),
    propagationPolicy: known,
    preconditions: body.preconditions as DeleteOptions['preconditions'],
    dryRun: isDryRun(dryRun),
  };
}
