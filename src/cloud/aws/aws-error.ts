/**
 * A failed call to AWS, typed by the service's error code and the HTTP status, never by message text. `kind` is what
 * the caller decides by; `code` is the service's own word for the user and the log. The message holds no secret.
 */
export class AwsError extends Error {
  override readonly name = 'AwsError';
  readonly kind: AwsErrorKind;
  /** The service's error code, e.g. `AccessPointNotFound`; empty where it gave none. */
  readonly code: string;
  readonly status: number | undefined;
  /** With `access-point-already-exists`: the access point that was made with this client token. */
  readonly accessPointId: string | undefined;
  constructor(
    kind: AwsErrorKind,
    message: string,
    details: {
      readonly code?: string;
      readonly status?: number | undefined;
      readonly accessPointId?: string | undefined;
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, { cause: details.cause });
    this.kind = kind;
    this.code = details.code ?? '';
    this.status = details.status;
    this.accessPointId = details.accessPointId;
  }
}

export type AwsErrorKind =
  /** The client token was used before in this account and region; `accessPointId` says for what. */
  | 'access-point-already-exists'
  /** The file system has its 10,000 (or whatever the account's quota is) access points. */
  | 'access-point-limit'
  | 'access-point-not-found'
  | 'file-system-not-found'
  | 'mount-target-not-found'
  /** The file system is still being created, or is being deleted. */
  | 'incorrect-life-cycle-state'
  | 'bad-request'
  /** Refused unheard; nothing took effect. */
  | 'throttled'
  /** The identity is known and may not do this. */
  | 'denied'
  /** No credentials, or ones that AWS does not take (unknown, expired, wrongly signed). */
  | 'credentials'
  /** A server's failure, or no answer at all. Whether the request took effect is unknown. */
  | 'unavailable'
  /** The caller's signal or deadline ended it. Whether the request took effect is unknown. */
  | 'aborted'
  /** An answer that fits none of the others. */
  | 'unexpected';
