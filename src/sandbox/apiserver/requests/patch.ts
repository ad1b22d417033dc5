import type { KubeObject } from '../../../kube/objects.ts';
import { parsePatch } from '../http/parse-body.ts';
import { badRequest, StatusError } from '../http/status-error.ts';
import { jsonPatch } from '../patch/json-patch.ts';
import { isFields, mergePatch } from '../patch/merge-patch.ts';
import { strategicMerge } from '../patch/strategic-merge.ts';
import { decodeObject, viewOfStored } from '../schema/codec.ts';
import type { ServerState } from '../server-state.ts';
import { parseEntry } from '../store/object-store.ts';
import { updateObject } from '../writing/update-object.ts';
import type { Answer, TargetedRequest } from './api-request.ts';
import { applyObject } from './apply.ts';
import { objectAnswer } from './encode-answer.ts';
import { findEntry, partOf } from './write.ts';
import { handleUnknownFields, writeOptions } from './write-options.ts';

/** Reading, patching and writing happen in one turn: a patch without resourceVersion never conflicts. */
export function patch(state: ServerState, request: TargetedRequest): Answer {
  const { definition, version } = request.target;
  const { type, patch: body } = parsePatch(request);
  if (type === 'apply') return applyObject(state, request, body);
  const options = writeOptions(request);
  const entry = findEntry(state, request);
  const current = viewOfStored(definition, version, parseEntry(entry));
  const patched = patchObject(definition.type, current, type, body);
  const { object, unknownFields } = decodeObject(definition, version, patched);
  const warnings = handleUnknownFields(unknownFields, options.fieldValidation, 'error decoding patch');
  const written = updateObject(state, request.target, entry, object, {
    dryRun: options.dryRun,
    part: partOf(request),
    manager: options.fieldManager,
  });
  return objectAnswer(state, request, written, 200, warnings);
}

function patchObject(
  type: string | undefined,
  current: KubeObject,
  patchType: 'json' | 'merge' | 'strategic',
  body: unknown,
): unknown {
  if (patchType === 'json') return jsonPatch(current, body);
  if (!isFields(body)) throw badRequest('error decoding patch: a patch is an object');
  if (patchType === 'merge') return mergePatch(current, body);
  if (type === undefined) {
    throw new StatusError(
      'UnsupportedMediaType',
      'the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml',
      {},
    );
  }
  return strategicMerge(type, current, body);
}
