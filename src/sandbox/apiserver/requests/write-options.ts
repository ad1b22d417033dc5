import { invalidOptions } from '../http/status-error.ts';
import { type FieldError, forbiddenField, notSupported, required } from '../validation/field-error.ts';
import type { ApiRequest } from './api-request.ts';

export interface WriteRequestOptions {
  readonly dryRun: boolean;
  readonly fieldManager: string;
  readonly fieldValidation: 'Ignore' | 'Warn' | 'Strict';
  readonly force: boolean;
}

type OptionsKind = 'CreateOptions' | 'UpdateOptions' | 'PatchOptions' | 'DeleteOptions';

const MAX_FIELD_MANAGER = 128;
const fieldValidations = ['Ignore', 'Strict', 'Warn'] as const;

/**
 * The options of a create, update or patch from its query.
 * @throws StatusError Invalid
 */
export function writeOptions(
  { query, headers, method }: Pick<ApiRequest, 'query' | 'headers' | 'method'>,
  apply = false,
): WriteRequestOptions {
  const kind = optionsKinds[method] ?? 'PatchOptions';
  const given = query.get('fieldValidation') || 'Warn';
  const fieldValidation = fieldValidations.find((one) => one === given);
  const manager = query.get('fieldManager') ?? '';
  const errors: FieldError[] = [];
  if (apply && manager === '') errors.push(required('fieldManager', 'is required for apply patch'));
  if (kind === 'PatchOptions' && !apply && query.has('force')) {
    errors.push(forbiddenField('force', 'may not be specified for non-apply patch'));
  }
  if (manager.length > MAX_FIELD_MANAGER) {
    const detail = `may not be more than ${MAX_FIELD_MANAGER} bytes`;
    errors.push({ field: 'fieldManager', type: 'too-long', detail });
  }
  errors.push(...dryRunErrors(query.getAll('dryRun')));
  if (fieldValidation === undefined) {
    errors.push(notSupported('fieldValidation', given, ['', ...fieldValidations]));
  }
  if (errors.length > 0 || fieldValidation === undefined) throw invalidOptions(kind, errors);
  return {
    dryRun: isDryRun(query.getAll('dryRun')),
    fieldManager: manager || managerOfAgent(headers['user-agent']),
    fieldValidation,
    force: query.get('force') === 'true' || query.get('force') === '1',
  };
}

const optionsKinds: Readonly<Record<string, OptionsKind>> = { POST: 'CreateOptions', PUT: 'UpdateOptions' };

export function isDryRun(values: readonly string[]): boolean {
  return values.includes('All');
}

export function dryRunErrors(values: readonly string[]): readonly FieldError[] {
  return values.every((value) => value === 'All') ? [] : [notSupported('dryRun', values, ['All'])];
}

/** `kubectl/v1.36.3 (linux/amd64) …` → `kubectl`. */
function managerOfAgent(agent: string | undefined): string {
  return (agent ?? '').split('/')[0]?.slice(0, 128) || 'unknown';
}

/** The client asked for strictness, and the body has fields that its type does not have. */
export class StrictDecodingError extends Error {
  override readonly name = 'StrictDecodingError';
}

/**
 * The warnings to send about fields that the type does not have.
 * @throws StrictDecodingError
 */
export function unknownFieldWarnings(
  unknownFields: readonly string[],
  mode: WriteRequestOptions['fieldValidation'],
): readonly string[] {
  if (unknownFields.length === 0 || mode === 'Ignore') return [];
  const findings = unknownFields.map((field) => `unknown field ${JSON.stringify(field)}`);
  if (mode === 'Strict') throw new StrictDecodingError(`strict decoding error: ${findings.join(', ')}`);
  return findings;
}
