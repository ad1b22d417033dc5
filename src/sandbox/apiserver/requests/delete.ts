import { parseBody } from '../http/parse-body.ts';
import { badRequest, invalidOptions } from '../http/status-error.ts';
import { decodeBody } from '../schema/codec.ts';
import type { ServerState } from '../server-state.ts';
import { parseEntry } from '../store/object-store.ts';
import { type FieldError, invalidValue } from '../validation/field-error.ts';
import { type DeleteOptions, deleteObject } from '../writing/delete-object.ts';
import type { Answer, TargetedRequest } from './api-request.ts';
import { objectAnswer } from './encode-answer.ts';
import { encodeList } from './list.ts';
import { parseSelection, select } from './selection.ts';
import { findEntry } from './write.ts';
import { dryRunErrors, isDryRun } from './write-options.ts';

/** Kinds whose last state is the answer to their deletion; of others it is a `Status`. */
const returnedWhenGone = new Set([
  '/persistentvolumeclaims',
  '/persistentvolumes',
  '/pods',
  '/resourcequotas',
  '/serviceaccounts',
  '/services',
  'storage.k8s.io/csidrivers',
  'storage.k8s.io/csinodes',
  'storage.k8s.io/storageclasses',
  'storage.k8s.io/volumeattachments',
  'storage.k8s.io/volumeattributesclasses',
]);

/** Answers `Status` for what is gone, else the object that waits to go. */
export function remove(state: ServerState, request: TargetedRequest): Answer {
  const { definition } = request.target;
  const options = deleteOptions(request);
  const entry = findEntry(state, request);
  const deleted = deleteObject(state, definition, entry, options);
  if (!deleted.gone || returnedWhenGone.has(definition.storedAs))
    return objectAnswer(state, request, deleted);
  const details = {
    name: entry.name,
    ...(definition.group === '' ? {} : { group: definition.group }),
    kind: definition.plural,
    uid: parseEntry(entry).metadata.uid,
  };
  const status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details };
  return { code: 200, json: JSON.stringify(status) };
}

/** Answers with the list of what it deleted. */
export function removeCollection(state: ServerState, request: TargetedRequest): Answer {
  const { definition } = request.target;
  const options = deleteOptions(request);
  const entries = select(state.store, parseSelection(request.target, request.query));
  const resourceVersion = String(state.store.revision());
  for (const entry of entries) deleteObject(state, definition, entry, options);
  return { code: 200, json: encodeList(state, request, entries, { resourceVersion }) };
}

const policies = ['Foreground', 'Background', 'Orphan'] as const;

interface DeleteOptionsBody {
  readonly propagationPolicy?: string;
  readonly orphanDependents?: boolean;
  readonly gracePeriodSeconds?: number;
  readonly preconditions?: DeleteOptions['preconditions'];
  readonly dryRun?: readonly string[];
}

/** From the body where there is one, else from the query. */
function deleteOptions(request: TargetedRequest): DeleteOptions {
  const { query } = request;
  const given = request.body.length === 0 ? optionsOfQuery(query) : readBody(request);
  const { propagationPolicy, orphanDependents, dryRun = [] } = given;
  const known = policies.find((one) => one === propagationPolicy);
  const errors: FieldError[] = [];
  if (orphanDependents !== undefined && propagationPolicy !== undefined) {
    const detail = 'orphanDependents and deletionPropagation cannot be both set';
    errors.push(invalidValue('propagationPolicy', propagationPolicy, detail));
  }
  if (propagationPolicy !== undefined && known === undefined) {
    const detail = `supported values: ${[...policies, 'nil'].map((one) => JSON.stringify(one)).join(', ')}`;
    errors.push({ field: 'propagationPolicy', type: 'not-supported', value: propagationPolicy, detail });
  }
  errors.push(...dryRunErrors(dryRun));
  if (errors.length > 0) throw invalidOptions('DeleteOptions', errors);
  return {
    gracePeriodSeconds: given.gracePeriodSeconds,
    propagationPolicy: known ?? (orphanDependents === true ? 'Orphan' : undefined),
    preconditions: given.preconditions,
    dryRun: isDryRun(dryRun),
  };
}

function readBody(request: TargetedRequest): DeleteOptionsBody {
  const body = parseBody(request);
  const { kind = 'DeleteOptions', apiVersion = '' } = (body ?? {}) as { kind?: string; apiVersion?: string };
  if (kind !== 'DeleteOptions') {
    throw badRequest(
      `no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)} in scheme "pkg/runtime/scheme.go:111"`,
    );
  }
  return decodeBody('V1DeleteOptions', body) as DeleteOptionsBody;
}

function optionsOfQuery(query: URLSearchParams): DeleteOptionsBody {
  const policy = query.get('propagationPolicy');
  const orphan = query.get('orphanDependents');
  const grace = query.get('gracePeriodSeconds');
  return {
    ...(policy && { propagationPolicy: policy }),
    ...(orphan !== null && { orphanDependents: orphan === 'true' }),
    ...(grace !== null && { gracePeriodSeconds: Number(grace) }),
    dryRun: query.getAll('dryRun'),
  };
}
