/** One finding of validation, in the words and shape of Kubernetes' `field.Error`. */
export interface FieldError {
  /** Dotted path with indexes: `spec.accessModes[0]`. */
  readonly field: string;
  readonly type: FieldErrorType;
  readonly value?: unknown;
  readonly detail: string;
}

export type FieldErrorType =
  | 'required'
  | 'invalid'
  | 'type'
  | 'not-supported'
  | 'forbidden'
  | 'duplicate'
  | 'not-found'
  | 'too-long'
  | 'too-many';

const words: Readonly<Record<FieldErrorType, readonly [text: string, reason: string]>> = {
  required: ['Required value', 'FieldValueRequired'],
  invalid: ['Invalid value', 'FieldValueInvalid'],
  type: ['Invalid value', 'FieldValueTypeInvalid'],
  'not-supported': ['Unsupported value', 'FieldValueNotSupported'],
  forbidden: ['Forbidden', 'FieldValueForbidden'],
  duplicate: ['Duplicate value', 'FieldValueDuplicate'],
  'not-found': ['Not found', 'FieldValueNotFound'],
  'too-long': ['Too long', 'FieldValueTooLong'],
  'too-many': ['Too many', 'FieldValueTooMany'],
};

export function required(field: string, detail = ''): FieldError {
  return { field, type: 'required', detail };
}

export function invalidValue(field: string, value: unknown, detail: string): FieldError {
  return { field, type: 'invalid', value, detail };
}

export function immutable(field: string, value: unknown): FieldError {
  return invalidValue(field, value, 'field is immutable');
}

export function forbiddenField(field: string, detail: string): FieldError {
  return { field, type: 'forbidden', detail };
}

export function duplicateValue(field: string, value: unknown): FieldError {
  return { field, type: 'duplicate', value, detail: '' };
}

export function valueNotFound(field: string, value: unknown): FieldError {
  return { field, type: 'not-found', value, detail: '' };
}

/** The supported values are shown in the order given: Kubernetes sorts some lists, not others. */
export function notSupported(field: string, value: unknown, supported: readonly string[]): FieldError {
  const list = supported.map((one) => JSON.stringify(one));
  return { field, type: 'not-supported', value, detail: `supported values: ${list.join(', ')}` };
}

/** `value` if it is one of the allowed, as a list of findings; an absent value is fine. */
export function oneOf(field: string, value: unknown, allowed: readonly string[]): FieldError[] {
  return value === undefined || allowed.includes(String(value)) ? [] : [notSupported(field, value, allowed)];
}

export function fieldErrorReason(error: FieldError): string {
  return words[error.type][1];
}

/** The sentence without the field's path. */
export function fieldErrorBody(error: FieldError): string {
  const [text] = words[error.type];
  const showsValue = !['required', 'forbidden', 'too-long', 'too-many'].includes(error.type);
  const head = showsValue ? `${text}: ${JSON.stringify(error.value) ?? 'null'}` : text;
  return error.detail === '' ? head : `${head}: ${error.detail}`;
}

export function fieldErrorMessage(error: FieldError): string {
  return `${error.field}: ${fieldErrorBody(error)}`;
}

/** One finding plain, several in brackets, each text once. */
export function aggregateMessage(errors: readonly FieldError[]): string {
  const messages = [...new Set(errors.map(fieldErrorMessage))];
  return messages.length === 1 ? messages.join() : `[${messages.join(', ')}]`;
}
