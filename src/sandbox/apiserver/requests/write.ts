import type { KubeObject } from '../../../kube/objects.ts';
import { parseBody } from '../http/parse-body.ts';
import { badRequest, conflict, objectNotFound } from '../http/status-error.ts';
import { decodeObject } from '../schema/codec.ts';
import type { ServerState } from '../server-state.ts';
import { type Entry, parseEntry } from '../store/object-store.ts';
import { createObject } from '../writing/create-object.ts';
import { type UpdateOptions, updateObject } from '../writing/update-object.ts';
import type { Answer, TargetedRequest } from './api-request.ts';
import { objectAnswer } from './encode-answer.ts';
import {
  StrictDecodingError,
  unknownFieldWarnings,
  type WriteRequestOptions,
  writeOptions,
} from './write-options.ts';

export interface ReadObject {
  readonly object: KubeObject;
  readonly warnings: readonly string[];
  readonly options: WriteRequestOptions;
}

/** The object of a create or replace, with what is to be said about it. */
export function readObject(request: TargetedRequest): ReadObject {
  const { definition, version } = request.target;
  const options = writeOptions(request);
  const { object, unknownFields } = decodeObject(definition, version, parseBody(request));
  try {
    return { object, options, warnings: unknownFieldWarnings(unknownFields, options.fieldValidation) };
  } catch (error) {
    if (!(error instanceof StrictDecodingError)) throw error;
    const subject = `${definition.kind} in version "${version}" cannot be handled as a ${definition.kind}`;
    throw badRequest(`${subject}: ${error.message}`, { cause: error });
  }
}

export function create(state: ServerState, request: TargetedRequest): Answer {
  const { definition, version, namespace = '' } = request.target;
  const { object, warnings, options } = readObject(request);
  // Managers are recorded from the first server-side apply on.
  delete object.metadata.managedFields;
  const written = createObject(state, { definition, version, namespace }, object, options.dryRun);
  return objectAnswer(state, request, written, 201, warnings);
}

export function replace(state: ServerState, request: TargetedRequest): Answer {
  const { object, warnings, options } = readObject(request);
  if ((object.metadata.name ?? '') === '') {
    throw badRequest(
      `the name of the object (${request.target.name} based on URL) was undeterminable: name must be provided`,
    );
  }
  const entry = findEntry(state, request);
  checkUid(request, parseEntry(entry).metadata.uid, object.metadata.uid);
  const written = updateObject(state, request.target, entry, object, {
    dryRun: options.dryRun,
    part: partOf(request),
    manager: options.fieldManager,
  });
  return objectAnswer(state, request, written, 200, warnings);
}

/** Who replaces an object means the one that he read, not another of its name. */
function checkUid({ target }: TargetedRequest, uid: string | undefined, given: string | undefined): void {
  if (given === undefined || given === '' || given === uid) return;
  const why = `Precondition failed: UID in precondition: ${given}, UID in object meta: ${uid}`;
  throw conflict(target.definition, target.name ?? '', why);
}

export function get(state: ServerState, request: TargetedRequest): Answer {
  return objectAnswer(state, request, findEntry(state, request));
}

/** @throws StatusError NotFound */
export function findEntry(state: ServerState, { target }: TargetedRequest): Entry {
  const { definition, namespace = '', name = '' } = target;
  const entry = state.store.get(definition.storedAs, namespace, name);
  if (entry === undefined) throw objectNotFound(definition, name);
  return entry;
}

export function partOf({ target }: TargetedRequest): UpdateOptions['part'] {
  if (target.subresource === 'status') return 'status';
  return target.subresource === 'finalize' ? 'finalizers' : 'object';
}
