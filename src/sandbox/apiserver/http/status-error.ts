import {
  qualifiedKind,
  qualifiedResource,
  type ResourceDefinition,
} from '../resources/resource-definition.ts';
import {
  aggregateMessage,
  type FieldError,
  fieldErrorBody,
  fieldErrorReason,
} from '../validation/field-error.ts';

export interface StatusDetails {
  readonly name?: string;
  readonly group?: string;
  readonly kind?: string;
  readonly uid?: string;
  readonly causes?: readonly {
    readonly reason?: string;
    readonly message?: string;
    readonly field?: string;
  }[];
  readonly retryAfterSeconds?: number;
}

export type StatusReason =
  | 'AlreadyExists'
  | 'BadRequest'
  | 'Conflict'
  | 'Expired'
  | 'Forbidden'
  | 'InternalError'
  | 'Invalid'
  | 'MethodNotAllowed'
  | 'NotAcceptable'
  | 'NotFound'
  | 'RequestEntityTooLarge'
  | 'Timeout'
  | 'Unauthorized'
  | 'Unknown'
  | 'UnsupportedMediaType';

const codes: Readonly<Record<StatusReason, number>> = {
  AlreadyExists: 409,
  BadRequest: 400,
  Conflict: 409,
  Expired: 410,
  Forbidden: 403,
  InternalError: 500,
  Invalid: 422,
  MethodNotAllowed: 405,
  NotAcceptable: 406,
  NotFound: 404,
  RequestEntityTooLarge: 413,
  Timeout: 504,
  Unauthorized: 401,
  /** An error that Kubernetes gives no reason: its Status has none. */
  Unknown: 500,
  UnsupportedMediaType: 415,
};

/** A refusal in the form Kubernetes gives it: a `Status` object and its HTTP code. */
export class StatusError extends Error {
  override readonly name = 'StatusError';
  readonly reason: StatusReason;
  readonly details: StatusDetails | undefined;
  constructor(reason: StatusReason, message: string, details?: StatusDetails, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
    this.details = details;
  }
  get code(): number {
    return codes[this.reason];
  }
}

export interface Status {
  readonly kind: 'Status';
  readonly apiVersion: 'v1';
  readonly metadata: Record<string, never>;
  readonly status: 'Success' | 'Failure';
  readonly message?: string;
  readonly reason?: string;
  readonly details?: StatusDetails;
  readonly code?: number;
}

export function failureStatus(error: StatusError): Status {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: error.message,
    ...(error.reason === 'Unknown' ? {} : { reason: error.reason }),
    ...(error.details === undefined ? {} : { details: error.details }),
    code: error.code,
  };
}

type Named = Pick<ResourceDefinition, 'group' | 'plural' | 'kind'>;

const named = (name: string) => (name === '' ? {} : { name });

function details(definition: Named, name: string): StatusDetails {
  return {
    ...named(name),
    ...(definition.group === '' ? {} : { group: definition.group }),
    kind: definition.plural,
  };
}

export function objectNotFound(definition: Named, name: string): StatusError {
  return new StatusError(
    'NotFound',
    `${qualifiedResource(definition)} "${name}" not found`,
    details(definition, name),
  );
}

/** Nothing is served at that path. */
export function pathNotFound(): StatusError {
  return new StatusError('NotFound', 'the server could not find the requested resource', {});
}

export function methodNotAllowed(): StatusError {
  return new StatusError(
    'MethodNotAllowed',
    'the server does not allow this method on the requested resource',
    {},
  );
}

export function alreadyExists(definition: Named, name: string): StatusError {
  return new StatusError(
    'AlreadyExists',
    `${qualifiedResource(definition)} "${name}" already exists`,
    details(definition, name),
  );
}

export const modifiedMeanwhile =
  'the object has been modified; please apply your changes to the latest version and try again';

export function conflict(definition: Named, name: string, why: string): StatusError {
  return new StatusError(
    'Conflict',
    `Operation cannot be fulfilled on ${qualifiedResource(definition)} "${name}": ${why}`,
    details(definition, name),
  );
}

export function forbidden(definition: Named, name: string, why: string): StatusError {
  const subject = name === '' ? qualifiedResource(definition) : `${qualifiedResource(definition)} "${name}"`;
  return new StatusError('Forbidden', `${subject} is forbidden: ${why}`, details(definition, name));
}

export function badRequest(message: string, options?: ErrorOptions): StatusError {
  return new StatusError('BadRequest', message, undefined, options);
}

/** What is wrong with the options of a request, its query for the most part. */
export function invalidOptions(
  kind: 'ListOptions' | 'CreateOptions' | 'UpdateOptions' | 'PatchOptions' | 'DeleteOptions',
  errors: readonly FieldError[],
): StatusError {
  return invalid({ group: 'meta.k8s.io', kind, plural: '' }, '', errors);
}

/** What validation found, all of it at once. */
export function invalid(definition: Named, name: string, errors: readonly FieldError[]): StatusError {
  return new StatusError(
    'Invalid',
    `${qualifiedKind(definition)} "${name}" is invalid: ${aggregateMessage(errors)}`,
    {
      ...named(name),
      ...(definition.group === '' ? {} : { group: definition.group }),
      kind: definition.kind,
      causes: errors.map((error) => ({
        reason: fieldErrorReason(error),
        message: fieldErrorBody(error),
        field: error.field,
      })),
    },
  );
}
