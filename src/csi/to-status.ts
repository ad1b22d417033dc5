import { CsiError, type CsiErrorCode } from './errors.ts';

/** gRPC's number for each code. */
const numbers: Readonly<Record<CsiErrorCode, number>> = {
  'invalid-argument': 3,
  'deadline-exceeded': 4,
  'not-found': 5,
  'already-exists': 6,
  'permission-denied': 7,
  'resource-exhausted': 8,
  'failed-precondition': 9,
  aborted: 10,
  'out-of-range': 11,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  unauthenticated: 16,
};

/** What goes over the wire. CSI wants a message for people and no status details. */
export interface Status {
  readonly code: number;
  readonly details: string;
}

export function toStatus(error: CsiError): Status {
  return { code: numbers[error.code], details: error.message };
}

/** gRPC's spelling of a code in metrics and logs, as Go's `codes.Code.String()` has it. */
export function statusName(code: CsiErrorCode | 'ok'): string {
  if (code === 'ok') return 'OK';
  return code
    .split('-')
    .map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`)
    .join('');
}

/**
 * What a caller of `rpc` gets to see of whatever was thrown. A CsiError passes as it is. After the call's signal ended,
 * anything else is its consequence. The rest is a fault of ours: its text may hold what a command or a library put
 * there, a password even, so it goes to the log (as the cause) and not to the caller.
 */
export function toCsiError(error: unknown, rpc: string, signal: AbortSignal): CsiError {
  if (error instanceof CsiError) return error;
  if (signal.aborted) {
    const reason: unknown = signal.reason;
    return reason instanceof CsiError
      ? new CsiError(reason.code, reason.message, { cause: error })
      : new CsiError('aborted', `${rpc} was given up by its caller`, { cause: error });
  }
  const kind = error instanceof Error ? error.name : typeof error;
  return new CsiError('internal', `${rpc} failed unexpectedly (${kind}); the plugin's log says more`, {
    cause: error,
  });
}
