/**
 * What a driver may refuse or fail with. The names are gRPC's codes, because the orchestrator decides by them;
 * `to-status.ts` is the one place that turns them into a wire status.
 */
export type CsiErrorCode =
  | 'invalid-argument'
  | 'not-found'
  | 'already-exists'
  | 'permission-denied'
  | 'unauthenticated'
  | 'resource-exhausted'
  | 'failed-precondition'
  | 'aborted'
  | 'out-of-range'
  | 'unimplemented'
  | 'internal'
  | 'unavailable'
  | 'deadline-exceeded';

/** The only error that reaches a caller of a CSI service. Its message is shown to users and never holds a secret. */
export class CsiError extends Error {
  override readonly name = 'CsiError';
  readonly code: CsiErrorCode;
  constructor(code: CsiErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
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
