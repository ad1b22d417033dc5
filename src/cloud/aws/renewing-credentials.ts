import type { Clock } from '../../async/clock.ts';
import { AwsError } from './aws-error.ts';
import type { AwsCredentialSource, AwsCredentials } from './credentials.ts';

/** How long before their end credentials are renewed: a signed request has to arrive while they last. */
const renewBeforeMs = 5 * 60_000;
/** After a renewal that failed, ones that still last are used for a while before it is tried again. */
const retryAfterMs = 30_000;

/**
 * Credentials that are fetched when first asked for and again before they end. Many callers share one fetch, which goes
 * on when one of them leaves; one that failed is not kept, and the old ones serve as long as they last.
 */
export function renewingCredentials(
  clock: Clock,
  fetch: (signal: AbortSignal) => Promise<AwsCredentials>,
): AwsCredentialSource {
  let current: AwsCredentials | undefined;
  let renewAt = 0;
  let running: Promise<AwsCredentials> | undefined;

  const renew = async () => {
    try {
      current = await fetch(AbortSignal.timeout(30_000));
      renewAt = current.expiration === undefined ? Number.POSITIVE_INFINITY : renewalOf(current.expiration);
      return current;
    } catch (error) {
      if (current === undefined || clock.now() >= (current.expiration ?? 0)) throw typed(error);
      renewAt = clock.now() + retryAfterMs;
      return current;
    } finally {
      running = undefined;
    }
  };
  /** Ones that are short-lived from the start are renewed half-way. */
  const renewalOf = (expiration: number) => {
    const lifetime = expiration - clock.now();
    return expiration - Math.min(renewBeforeMs, lifetime / 2);
  };
  return async (signal) => {
    if (current !== undefined && clock.now() < renewAt) return current;
    running ??= renew();
    return unlessAborted(running, signal);
  };
}

function typed(error: unknown): AwsError {
  if (error instanceof AwsError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new AwsError('unavailable', `credentials could not be fetched: ${message}`, { cause: error });
}

async function unlessAborted<Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(new AwsError('aborted', 'ended by the caller while credentials were fetched'));
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
