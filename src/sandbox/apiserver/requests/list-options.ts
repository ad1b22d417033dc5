import { badRequest, invalidOptions, StatusError } from '../http/status-error.ts';
import { type FieldError, forbiddenField } from '../validation/field-error.ts';

/**
 * Refuses options of a list or watch that are wrong whatever is listed.
 * @throws StatusError BadRequest for what is no number, Invalid for what does not go together.
 */
export function checkListOptions(query: URLSearchParams, watching: boolean): void {
  for (const name of ['limit', 'timeoutSeconds']) checkNumber(query.get(name));
  const errors = watching ? watchErrors(query) : listErrors(query);
  if (errors.length > 0) throw invalidOptions('ListOptions', errors);
}

function checkNumber(text: string | null): void {
  if (text === null || text === '' || /^[+-]?\d+$/.test(text)) return;
  throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
}

const matchField = 'resourceVersionMatch';
const forbidsContinue = forbiddenField(
  matchField,
  'resourceVersionMatch is forbidden when continue is provided',
);

function listErrors(query: URLSearchParams): FieldError[] {
  const errors: FieldError[] = [];
  const match = query.get(matchField) ?? '';
  const version = query.get('resourceVersion') ?? '';
  if (match !== '') {
    if (version === '') {
      errors.push(
        forbiddenField(matchField, 'resourceVersionMatch is forbidden unless resourceVersion is provided'),
      );
    }
    if (query.get('continue')) errors.push(forbidsContinue);
    if (match !== 'Exact' && match !== 'NotOlderThan') {
      errors.push(unsupportedMatch(match, '"Exact", "NotOlderThan", ""'));
    }
    if (match === 'Exact' && version === '0') {
      errors.push(
        forbiddenField(matchField, 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"'),
      );
    }
  }
  if (query.has('sendInitialEvents')) {
    errors.push(forbiddenField('sendInitialEvents', 'sendInitialEvents is forbidden for list'));
  }
  return errors;
}

function watchErrors(query: URLSearchParams): FieldError[] {
  const errors: FieldError[] = [];
  const match = query.get(matchField) ?? '';
  const initial = query.has('sendInitialEvents');
  if (initial && match !== 'NotOlderThan') {
    errors.push(
      forbiddenField(matchField, 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan'),
    );
  }
  if (match !== '' && !initial) {
    errors.push(
      forbiddenField(
        matchField,
        'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided',
      ),
    );
  }
  if (match !== '' && match !== 'NotOlderThan') errors.push(unsupportedMatch(match, '"NotOlderThan"'));
  if (query.get('continue')) errors.push(forbidsContinue);
  return errors;
}

function unsupportedMatch(value: string, supported: string): FieldError {
  return { field: matchField, type: 'not-supported', value, detail: `supported values: ${supported}` };
}

/** The `resourceVersion` of a query; undefined means the newest. */
export function readRevision(query: URLSearchParams, ofList = false): number | undefined {
  const text = query.get('resourceVersion');
  if (text === null || text === '') return undefined;
  if (!/^\d+$/.test(text)) {
    const quoted = JSON.stringify(text);
    const message = `resourceVersion: Invalid value: ${quoted}: strconv.ParseUint: parsing ${quoted}: invalid syntax`;
    if (ofList) throw badRequest(`invalid resource version: ${message}`);
    throw new StatusError('Unknown', message);
  }
  return Number(text);
}

/** The `resourceVersion` of a get or list: what is served is always the newest state. */
export function checkRevision(query: URLSearchParams, newest: number, ofList = false): void {
  const wanted = readRevision(query, ofList);
  if (wanted === undefined) return;
  if (wanted > newest) throw tooLarge(wanted, newest);
  if (query.get(matchField) === 'Exact' && wanted !== newest) {
    throw new StatusError('Expired', `The resourceVersion for the provided list is too old.`);
  }
}

function tooLarge(wanted: number, newest: number): StatusError {
  return new StatusError('Timeout', `Too large resource version: ${wanted}, current: ${newest}`, {
    retryAfterSeconds: 1,
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
  });
}
