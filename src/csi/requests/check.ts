import { CsiError } from '../errors.ts';

/** One rule about a request: the refusal in words, or undefined where it holds. */
export type Check<Request> = (request: Request) => string | undefined;

/** Applies the rules in order. @throws CsiError `invalid-argument` with the first refusal. */
export function requireAll<Request>(checks: readonly Check<Request>[], request: Request): void {
  for (const check of checks) {
    const refusal = check(request);
    if (refusal !== undefined) throw new CsiError('invalid-argument', refusal);
  }
}
