/**
 * What a driver may refuse or fail with. The names are gRPC's codes, because the orchestrator decides by them;
 * `to-status.ts` is the one place that turns them into a wire status.
 */
export const csiErrorCodes = [
  'invalid-argument',
  'not-found',
  'already-exists',
  'permission-denied',
  'unauthenticated',
  'resource-exhausted',
  'failed-precondition',
  'aborted',
  'out-of-range',
  'unimplemented',
  'internal',
  'unavailable',
  'deadline-exceeded',
] as const;

export type CsiErrorCode = (typeof csiErrorCodes)[number];

/** The only error that reaches a caller of a CSI service. Its message is shown to users and never holds a secret. */
export class CsiError extends Error {
  override readonly name = 'CsiError';
  readonly code: CsiErrorCode;
  /**
   * The cloud has said that the volume does not exist and nothing was begun, so that whoever no longer wants it may
   * stop asking. RESOURCE_EXHAUSTED does not say that by itself. It does not travel over a socket.
   */
  readonly nothingExists: boolean;
  constructor(
    code: CsiErrorCode,
    message: string,
    options: { cause?: unknown; nothingExists?: boolean } = {},
  ) {
    super(message, options);
    this.code = code;
    this.nothingExists = options.nothingExists ?? false;
  }
}

/**
 * Codes after which an orchestrator keeps trying because the operation may still be under way
 * (external-provisioner's non-final codes; kubelet's list is the same).
 */
export const retryableCodes: ReadonlySet<CsiErrorCode> = new Set([
  'aborted',
  'unavailable',
  'deadline-exceeded',
  'resource-exhausted',
]);
