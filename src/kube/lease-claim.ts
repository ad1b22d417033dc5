import type { Clock } from '../async/clock.ts';
import { withDeadline } from '../async/deadline.ts';
import { type KubeClient, KubeError } from './client.ts';
import type { Lease } from './objects.ts';
import { leases } from './resources.ts';

export interface LeaseClaimOptions {
  readonly client: KubeClient;
  readonly namespace: string;
  readonly name: string;
  readonly identity: string;
  /** How long others have to leave the Lease alone after each claim. */
  readonly leaseMs: number;
  /** For one try. A connection that hangs must leave time for another try on a new one. */
  readonly requestMs: number;
  readonly clock: Clock;
}

export interface LeaseClaim {
  /**
   * One try to take or renew the Lease: the time it was sent at when it is ours now, undefined when another holds it.
   * Throws when it could not be written, Conflict and AlreadyExists included: the next try sees who was faster.
   */
  claim(signal: AbortSignal): Promise<number | undefined>;
  /** Whether the Lease, when it became ours, had a holder that had not given it back: another, or this one before it was restarted. */
  readonly afterAnother: boolean;
  /** Leaves the Lease without a holder, so that the next candidate takes it at its next try. */
  release(): Promise<void>;
}

export function createLeaseClaim(options: LeaseClaimOptions): LeaseClaim {
  const { client, clock, namespace, name, identity, requestMs } = options;
  let held = false;
  let afterAnother = false;
  let seen: { readonly version: string | undefined; readonly at: number } | undefined;

  /** Another's claim runs from when we saw it, by our own clock: clocks need not agree. */
  const isHeldByAnother = (lease: Lease): boolean => {
    const version = lease.metadata.resourceVersion;
    if (seen === undefined || seen.version !== version) seen = { version, at: clock.now() };
    const holder = lease.spec?.holderIdentity;
    if (!holder || holder === identity) return false;
    return clock.now() - seen.at < (lease.spec?.leaseDurationSeconds ?? 0) * 1000;
  };

  const tryOnce = async (signal: AbortSignal): Promise<number | undefined> => {
    const sent = clock.now();
    const lease = await client.get(leases, { namespace, name }, signal).catch(ifNotFound);
    if (lease === undefined) await client.create(leases, newLease(options), { signal });
    else if (isHeldByAnother(lease)) return undefined;
    else {
      await client.replace(leases, takenLease(lease, options), { signal });
      if (!held) afterAnother = Boolean(lease.spec?.holderIdentity);
    }
    held = true;
    return sent;
  };

  const release = async (signal: AbortSignal): Promise<void> => {
    const lease = await client.get(leases, { namespace, name }, signal);
    if (lease.spec?.holderIdentity !== identity) return;
    const spec = { ...lease.spec, holderIdentity: '', leaseDurationSeconds: 1 };
    await client.replace(leases, { ...lease, spec }, { signal });
  };

  const inTime = async <T>(signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> => {
    const tooLate = () => new Error(`no answer within ${requestMs / 1000} s`);
    const scope = withDeadline(clock, signal, clock.now() + requestMs, tooLate);
    try {
      return await work(scope.signal);
    } finally {
      scope.dispose();
    }
  };

  return {
    claim: (signal) => inTime(signal, tryOnce),
    get afterAnother() {
      return afterAnother;
    },
    release: () => inTime(new AbortController().signal, release),
  };
}

function ifNotFound(error: unknown): undefined {
  if (!(error instanceof KubeError && error.reason === 'NotFound')) throw error;
}

function newLease({ namespace, name, identity, clock, leaseMs }: LeaseClaimOptions): Lease {
  const now = microTime(clock.now());
  return {
    metadata: { namespace, name },
    spec: {
      holderIdentity: identity,
      leaseDurationSeconds: leaseMs / 1000,
      acquireTime: now,
      renewTime: now,
      leaseTransitions: 0,
    },
  };
}

function takenLease(lease: Lease, { identity, clock, leaseMs }: LeaseClaimOptions): Lease {
  const now = microTime(clock.now());
  const ours = lease.spec?.holderIdentity === identity;
  return {
    ...lease,
    spec: {
      ...lease.spec,
      holderIdentity: identity,
      leaseDurationSeconds: leaseMs / 1000,
      renewTime: now,
      ...(!ours && { acquireTime: now, leaseTransitions: (lease.spec?.leaseTransitions ?? 0) + 1 }),
    },
  };
}

/** A Lease's times are metav1.MicroTime: six digits after the second, and only six. */
function microTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace('Z', '000Z');
}
