import type { Clock } from '../async/clock.ts';
import type { Log } from '../telemetry/log.ts';
import type { KubeClient } from './client.ts';
import { createLeaseClaim, type LeaseClaim } from './lease-claim.ts';

export interface LeaderElectionOptions {
  /** A client that nothing else uses: a renewal must not wait behind other requests. */
  readonly client: KubeClient;
  readonly namespace: string;
  readonly name: string;
  /** Unique among the candidates, also across restarts: the pod's name and something random. */
  readonly identity: string;
  readonly timing?: LeaseTiming;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  /** Ends the candidacy, or the leadership after `lead` has ended. */
  readonly signal: AbortSignal;
  /** The leader's work. Its signal aborts when leadership ends; it then must end within `leaseMs - renewMs`. */
  readonly lead: (signal: AbortSignal, leadership: Leadership) => Promise<void>;
}

/** How this process came to lead. */
export interface Leadership {
  /** Milliseconds since the epoch. */
  readonly since: number;
  /** The lease was not given back by whom held it: requests of its may still take effect somewhere. */
  readonly afterAnother: boolean;
}

/** client-go's names in milliseconds: LeaseDuration, RenewDeadline, RetryPeriod. */
export interface LeaseTiming {
  readonly leaseMs: number;
  readonly renewMs: number;
  readonly retryMs: number;
}

/** csi-lib-utils' defaults. */
export const defaultLeaseTiming: LeaseTiming = { leaseMs: 15_000, renewMs: 10_000, retryMs: 5_000 };

/** The Lease went to another, or could not be renewed in time. Others may work already: end the process or start over. */
export class LeadershipLostError extends Error {
  override readonly name = 'LeadershipLostError';
}

/**
 * Waits until this process holds the Lease, then runs `lead` and renews beside it. When `lead` ends, or the signal
 * aborts, the Lease is given back so that the next candidate need not wait. After a loss it throws as soon as `lead` has
 * ended, and no later than another may take over, so that the process can be ended.
 *
 * The guard against two leaders is time: work is aborted `renewMs` after the last renewal was *sent*, and another takes
 * over `leaseMs` after it was *seen*, each by its own clock's differences. Clocks need not agree.
 *
 * @throws LeadershipLostError, or what `lead` throws.
 */
export async function runAsLeader(options: LeaderElectionOptions): Promise<void> {
  const { clock, signal, log, name } = options;
  const timing = options.timing ?? defaultLeaseTiming;
  const lease = createLeaseClaim({ ...options, leaseMs: timing.leaseMs, requestMs: timing.retryMs });

  const heldSince = await acquire(lease, timing, options);
  if (heldSince === undefined) return;
  log.info({ lease: name, identity: options.identity }, 'leading');

  const ended = new AbortController();
  const abort = () => ended.abort(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  const renewing = renew(lease, heldSince, timing, options, ended);
  const over = new AbortController();
  try {
    const leadership = { since: heldSince, afterAnother: lease.afterAnother };
    await Promise.race([
      options.lead(ended.signal, leadership),
      overrun(ended.signal, over.signal, timing, clock),
    ]);
  } catch (error) {
    // What an aborted `lead` throws is the abort's own echo.
    if (!ended.signal.aborted) throw error;
  } finally {
    signal.removeEventListener('abort', abort);
    ended.abort();
    over.abort();
    await renewing;
    if (!isLoss(ended.signal.reason))
      await lease.release().catch((error) => {
        log.warn(
          { err: error, lease: name },
          'leader election: could not give the lease back; it will expire',
        );
      });
  }
  if (isLoss(ended.signal.reason)) throw ended.signal.reason;
}

function isLoss(reason: unknown): reason is LeadershipLostError {
  return reason instanceof LeadershipLostError;
}

/** Rejects when work goes on for so long after a loss that another may have begun it; never settles once it is `over`. */
function overrun(
  ended: AbortSignal,
  over: AbortSignal,
  { leaseMs, renewMs }: LeaseTiming,
  clock: Clock,
): Promise<never> {
  return new Promise((_, reject) => {
    const tooLong = () => reject(ended.reason);
    const onEnd = () => {
      if (isLoss(ended.reason)) clock.sleep(leaseMs - renewMs, over).then(tooLong, () => {});
    };
    ended.addEventListener('abort', onEnd, { once: true });
  });
}

async function acquire(
  lease: LeaseClaim,
  { retryMs }: LeaseTiming,
  { clock, random, log, name, signal }: LeaderElectionOptions,
): Promise<number | undefined> {
  while (!signal.aborted) {
    try {
      const heldSince = await lease.claim(signal);
      if (heldSince !== undefined) return heldSince;
    } catch (error) {
      if (!signal.aborted)
        log.warn({ err: error, lease: name }, 'leader election: could not ask for the lease');
    }
    await clock.sleep(retryMs * (1 + 0.2 * random()), signal).catch(() => {});
  }
  return undefined;
}

/** Renews until `ended`; aborts it with LeadershipLostError when that fails for too long. */
async function renew(
  lease: LeaseClaim,
  heldSince: number,
  { renewMs, retryMs }: LeaseTiming,
  { clock, log, name }: LeaderElectionOptions,
  ended: AbortController,
): Promise<void> {
  let deadline = new AbortController();
  const restartDeadline = (renewed: number) => {
    deadline.abort();
    deadline = new AbortController();
    clock.sleep(renewed + renewMs - clock.now(), deadline.signal).then(
      () =>
        ended.abort(new LeadershipLostError(`lease ${name} could not be renewed for ${renewMs / 1000} s`)),
      () => {},
    );
  };
  restartDeadline(heldSince);
  let pauseMs = retryMs;
  while (!ended.signal.aborted) {
    try {
      await clock.sleep(pauseMs, ended.signal);
      const renewed = await lease.claim(ended.signal);
      if (renewed === undefined) ended.abort(new LeadershipLostError(`lease ${name} went to another`));
      else restartDeadline(renewed);
      pauseMs = retryMs;
    } catch (error) {
      if (!ended.signal.aborted) log.warn({ err: error, lease: name }, 'leader election: renewal failed');
      pauseMs = retryMs / 5;
    }
  }
  deadline.abort();
}
