import { isFields, mergePatch } from '../../../kube/merge-patch.ts';
import type { KubeObject } from '../../../kube/objects.ts';
import { parsePatch } from '../http/parse-body.ts';
import { badRequest, invalid, StatusError } from '../http/status-error.ts';
import { jsonPatch } from '../patch/json-patch.ts';
import { strategicMerge } from '../patch/strategic-merge.ts';
import { decodeObject, viewOfStored } from '../schema/codec.ts';
import type { ServerState } from '../server-state.ts';
import { parseEntry } from '../store/object-store.ts';
import { invalidValue } from '../validation/field-error.ts';
import { updateObject } from '../writing/update-object.ts';
import type { Answer, TargetedRequest } from './api-request.ts';
import { applyObject } from './apply.ts';
import { objectAnswer } from './encode-answer.ts';
import { findEntry, partOf } from './write.ts';
import {
  StrictDecodingError,
  unknownFieldWarnings,
  type WriteRequestOptions,
  writeOptions,
} from './write-options.ts';

/** Reading, patching and writing happen in one turn: a patch without resourceVersion never conflicts. */
export function patch(state: ServerState, request: TargetedRequest): Answer {
  const { definition, version } = request.target;
  const { type, patch: body } = parsePatch(request);
  if (type === 'apply') return applyObject(state, request, body);
  const options = writeOptions(request);
  const entry = findEntry(state, request);
  const current = viewOfStored(definition, version, parseEntry(entry));
  const patched = patchObject(definition.type, current, type, body);
  const { object, warnings } = readPatched(
    request.target,
    options,
    type === 'strategic' ? body : patched,
    patched,
  );
  const written = updateObject(state, request.target, entry, object, {
    dryRun: options.dryRun,
    part: partOf(request),
    manager: options.fieldManager,
  });
  return objectAnswer(state, request, written, 200, warnings);
}

/** What a patch makes of an object is read like a body, but refused as the patch's fault, which `shown` tells. */
function readPatched(
  { definition, version }: TargetedRequest['target'],
  { fieldValidation }: WriteRequestOptions,
  shown: unknown,
  patched: unknown,
): { object: KubeObject; warnings: readonly string[] } {
  try {
    const { object, unknownFields } = decodeObject(definition, version, patched);
    return { object, warnings: unknownFieldWarnings(unknownFields, fieldValidation) };
  } catch (error) {
    if (!(error instanceof StatusError || error instanceof StrictDecodingError)) throw error;
    throw invalid({ group: '', kind: '', plural: '' }, '', [
      invalidValue('patch', JSON.stringify(shown), error.message),
    ]);
  }
}

function patchObject(
  type: string | undefined,
  current: KubeObject,
  patchType: 'json' | 'merge' | 'strategic',
  body: unknown,
): unknown {
  if (patchType === 'json') return jsonPatch(current, body);
  if (!isFields(body)) {
    if (body === null) throw badRequest('Invalid JSON Patch');
    const kind = Array.isArray(body) ? 'array' : typeof body;
    const why = `json: cannot unmarshal ${kind} into Go value of type map[string]interface {}`;
    throw badRequest(patchType === 'merge' ? `error decoding patch: ${why}` : why);
  }
  if (patchType === 'merge') return mergePatch(current, body);
  if (type === undefined) {
    throw new StatusError(
      'UnsupportedMediaType',
      'the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml',
    );
  }
  return strategicMerge(type, current, body);
}
