import { applyPatch, type Operation, Pointer } from 'rfc6902';
import { badRequest, StatusError } from '../http/status-error.ts';

const operations = new Set(['add', 'remove', 'replace', 'move', 'copy', 'test']);

/**
 * JSON patch, RFC 6902, on a copy of the object.
 * @throws StatusError BadRequest for a malformed patch, Invalid for one that does not apply.
 */
export function jsonPatch(original: object, patch: unknown): unknown {
  if (!Array.isArray(patch)) {
    throw badRequest(
      `error decoding patch: json: cannot unmarshal ${typeof patch} into Go value of type []handlers.jsonPatchOp`,
    );
  }
  if (!patch.every(isOperation)) throw notApplicable();
  const result = structuredClone(original);
  // Kubernetes' library lets an object's field be replaced that is not there.
  const lenient = patch.map((one) =>
    one.op === 'replace' && isAbsentField(result, one.path) ? asAdd(one) : one,
  );
  if (applyPatch(result, lenient).some((error) => error !== null)) throw notApplicable();
  return result;
}

const notApplicable = () =>
  new StatusError('Invalid', 'the server rejected our request due to an error in our request', {});

function isAbsentField(object: object, path: string): boolean {
  const { parent, key, value } = Pointer.fromJSON(path).evaluate(object) as {
    parent: unknown;
    key: string;
    value: unknown;
  };
  return value === undefined && typeof parent === 'object' && !Array.isArray(parent) && key !== '';
}

function asAdd({ path, value }: Extract<Operation, { op: 'replace' }>): Operation {
  return { op: 'add', path, value };
}

function isOperation(value: unknown): value is Operation {
  if (typeof value !== 'object' || value === null) return false;
  const { op, path } = value as { op?: unknown; path?: unknown };
  return typeof op === 'string' && operations.has(op) && typeof path === 'string';
}
