import type { Clock } from './clock.ts';

/** A signal that also ends at a point in time. */
export interface DeadlineScope {
  readonly signal: AbortSignal;
  /** Stops the timer and lets go of the parent; to be called when the work is over. */
  dispose(): void;
}

/** Milliseconds left until `deadline`, never below 0; Infinity without one. */
export function remainingMs(clock: Clock, deadline: number | undefined): number {
  return deadline === undefined ? Number.POSITIVE_INFINITY : Math.max(0, deadline - clock.now());
}

/**
 * Aborts when `parent` does, with its reason, or at `deadline` (milliseconds since the epoch) with the reason that
 * `reasonAtDeadline` makes then. A deadline already past aborts at once.
 */
export function withDeadline(
  clock: Clock,
  parent: AbortSignal,
  deadline: number | undefined,
  reasonAtDeadline: () => unknown,
): DeadlineScope {
  if (deadline === undefined) return { signal: parent, dispose: () => {} };
  const over = new AbortController();
  const timer = new AbortController();
  const followParent = () => over.abort(parent.reason);
  if (parent.aborted) followParent();
  else parent.addEventListener('abort', followParent, { once: true });
  const remaining = remainingMs(clock, deadline);
  if (remaining === 0) over.abort(reasonAtDeadline());
  else {
    clock.sleep(remaining, timer.signal).then(
      () => over.abort(reasonAtDeadline()),
      // Disposed: the work ended in time.
      () => {},
    );
  }
  return {
    signal: over.signal,
    dispose: () => {
      parent.removeEventListener('abort', followParent);
      timer.abort(disposed);
    },
  };
}

/** Without a reason of its own an abort makes an error with a stack, several microseconds for every call. */
const disposed = 'disposed';
