import { applyPatch, type Operation } from 'rfc6902';
import { badRequest, StatusError } from '../http/status-error.ts';

const operations = new Set(['add', 'remove', 'replace', 'move', 'copy', 'test']);

/**
 * JSON patch, RFC 6902, on a copy of the object.
 * @throws StatusError BadRequest for a malformed patch, Invalid for one that does not apply.
 */
export function jsonPatch(original: object, patch: unknown): unknown {
  if (!Array.isArray(patch) || !patch.every(isOperation)) {
    throw badRequest('error decoding patch: a JSON patch is a list of operations with op and path');
  }
  const result = structuredClone(original);
  const failed = applyPatch(result, patch).findIndex((error) => error !== null);
  if (failed < 0) return result;
  const { op, path } = patch[failed] as Operation;
  const why =
    op === 'test'
      ? `testing value ${path} failed`
      : `${op} operation does not apply: doc is missing path: ${JSON.stringify(path)}: missing value`;
  throw new StatusError(
    'Invalid',
    `the server rejected our request due to an error in our request: ${why}`,
    {},
  );
}

function isOperation(value: unknown): value is Operation {
  if (typeof value !== 'object' || value === null) return false;
  const { op, path } = value as { op?: unknown; path?: unknown };
  return typeof op === 'string' && operations.has(op) && typeof path === 'string';
}
