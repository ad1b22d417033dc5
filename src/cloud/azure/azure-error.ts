/**
 * A failed call to Azure, typed by ARM's `error.code` and the HTTP status, never by message text.
 * `kind` is what the caller decides by; `code` is ARM's own word for the user and the log.
 */
export class AzureError extends Error {
  override readonly name = 'AzureError';
  readonly kind: AzureErrorKind;
  /** ARM's `error.code`, e.g. `ResourceNotFound`; empty where ARM gave none. */
  readonly code: string;
  readonly status: number | undefined;
  constructor(
    kind: AzureErrorKind,
    message: string,
    details: { readonly code?: string; readonly status?: number; readonly cause?: unknown } = {},
  ) {
    super(message, { cause: details.cause });
    this.kind = kind;
    this.code = details.code ?? '';
    this.status = details.status;
  }
}

export type AzureErrorKind =
  | 'bad-request'
  | 'unauthenticated'
  | 'forbidden'
  | 'not-found'
  | 'conflict'
  | 'quota-exceeded'
  | 'throttled'
  | 'server'
  /** No answer: connection refused, reset, TLS, time-out. Whether the request took effect is unknown. */
  | 'no-answer'
  /** The caller's signal ended it. */
  | 'aborted';
