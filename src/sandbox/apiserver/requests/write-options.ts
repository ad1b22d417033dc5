import { badRequest, StatusError } from '../http/status-error.ts';
import type { ApiRequest } from './api-request.ts';

export interface WriteRequestOptions {
  readonly dryRun: boolean;
  readonly fieldManager: string;
  readonly fieldValidation: 'Ignore' | 'Warn' | 'Strict';
  readonly force: boolean;
}

/** The options of a create, update or patch from its query. */
export function writeOptions({ query, headers }: Pick<ApiRequest, 'query' | 'headers'>): WriteRequestOptions {
  const fieldValidation = query.get('fieldValidation') ?? 'Warn';
  if (fieldValidation !== 'Ignore' && fieldValidation !== 'Warn' && fieldValidation !== 'Strict') {
    throw new StatusError(
      'Invalid',
      `fieldValidation: Unsupported value: "${fieldValidation}": supported values: "Ignore", "Strict", "Warn"`,
    );
  }
  return {
    dryRun: isDryRun(query.getAll('dryRun')),
    fieldManager: query.get('fieldManager') ?? managerOfAgent(headers['user-agent']),
    fieldValidation,
    force: query.get('force') === 'true' || query.get('force') === '1',
  };
}

export function isDryRun(values: readonly string[]): boolean {
  const given = values.filter((value) => value !== '');
  if (given.some((value) => value !== 'All')) {
    throw new StatusError(
      'Invalid',
      `dryRun: Unsupported value: ${JSON.stringify(given)}: supported values: "All"`,
    );
  }
  return given.length > 0;
}

/** `kubectl/v1.36.3 (linux/amd64) …` → `kubectl`. */
function managerOfAgent(agent: string | undefined): string {
  return (agent ?? '').split('/')[0]?.slice(0, 128) || 'unknown';
}

/**
 * What to do about fields the type does not have.
 * @returns the warnings to send.
 * @throws StatusError BadRequest where the client asked for strictness.
 */
export function handleUnknownFields(
  unknownFields: readonly string[],
  mode: WriteRequestOptions['fieldValidation'],
  subject: string,
): readonly string[] {
  if (unknownFields.length === 0 || mode === 'Ignore') return [];
  const findings = unknownFields.map((field) => `unknown field ${JSON.stringify(field)}`);
  if (mode === 'Strict') throw badRequest(`${subject}: strict decoding error: ${findings.join(', ')}`);
  return findings;
}
