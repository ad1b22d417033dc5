import { CsiError, type CsiErrorCode, retryableCodes } from '../csi/errors.ts';
import { Refusal } from './refusal.ts';

/**
 * What an error of a CSI call says about the volume: `in-progress`: it may exist or come into being, so keep calling;
 * `infeasible`: nothing exists and the same request can never succeed; `final`: nothing exists, another try may succeed.
 */
export type ErrorClass = 'in-progress' | 'infeasible' | 'final';

/** A class and a claim that no file system can fit fail for ever, whether the form or the size is wrong. */
const infeasibleToCreate: ReadonlySet<CsiErrorCode> = new Set(['invalid-argument', 'out-of-range']);
/** external-resizer's list, and `unimplemented`: a driver that cannot expand will not learn it by being asked again. */
const infeasibleToExpand: ReadonlySet<CsiErrorCode> = new Set([
  'invalid-argument',
  'out-of-range',
  'not-found',
  'unimplemented',
]);

export function createErrorClass(error: unknown): ErrorClass {
  return classify(error, infeasibleToCreate);
}

export function expandErrorClass(error: unknown): ErrorClass {
  return classify(error, infeasibleToExpand);
}

function classify(error: unknown, infeasible: ReadonlySet<CsiErrorCode>): ErrorClass {
  if (error instanceof Refusal) return 'infeasible';
  // What is not a CSI error is a fault between us and the driver: the call may have had its effect.
  if (!(error instanceof CsiError)) return 'in-progress';
  if (retryableCodes.has(error.code)) return error.nothingExists ? 'final' : 'in-progress';
  return infeasible.has(error.code) ? 'infeasible' : 'final';
}

/** The text that gRPC's Go library makes of an error, because users and guides search for it. */
export function errorText(error: unknown): string {
  if (error instanceof CsiError) return `rpc error: code = ${goCodeName(error.code)} desc = ${error.message}`;
  return error instanceof Error ? error.message : String(error);
}

/** `deadline-exceeded` is `DeadlineExceeded` in Go. */
function goCodeName(code: CsiErrorCode): string {
  return code.replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
