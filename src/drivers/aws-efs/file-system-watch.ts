import type { Clock } from '../../async/clock.ts';
import { shareNext } from '../../async/share-next.ts';
import type { AccessPoint, AwsCall, EfsClient } from '../../cloud/aws/efs-client.ts';
import type { Log } from '../../telemetry/log.ts';
import type { Tenure } from '../driver-module.ts';
import { type AccessPointLedger, createAccessPointLedger } from './access-point-ledger.ts';
import { reportSharedGids } from './shared-gids.ts';

/** How often the listing is taken anew while the process runs. */
const refreshMs = 600_000;
/** The first time sooner: an old leader's last create shows by then. */
const firstRefreshMs = 90_000;
/** After another process lost the lease: its requests are aborted by then, and what was on the wire has arrived. */
export const inFlightMs = 15_000;
/** Where another process may be asked for volumes too, a listing counts only while this one is asked without such a pause. */
export const idleMs = 15_000;
/** How long a file system that was full is not asked again. */
const fullMs = 300_000;

export interface WatchOptions {
  readonly fileSystemId: string;
  readonly efs: EfsClient;
  readonly clock: Clock;
  readonly log: Log;
  readonly tenure: (() => Tenure | undefined) | undefined;
  readonly stopped: AbortSignal | undefined;
}

/** The access points of one file system, listed once and kept current from then on. */
export interface FileSystemWatch {
  readonly ledger: AccessPointLedger;
  /** Until there is a listing, whatever its age. Throws AwsError, or the signal's reason. */
  listed(signal: AbortSignal): Promise<void>;
  /** Until there is a listing that GIDs can be allocated by; see `listingVerdict`. Throws as `listed`. */
  settled(signal: AbortSignal): Promise<void>;
  /** A listing that was begun after this call. Throws as `listed`. */
  refreshed(signal: AbortSignal): Promise<void>;
  isFull(): boolean;
  wasFull(): void;
  /** The access point is gone, by this process' doing or another's. */
  removed(id: string): void;
}

export function watchFileSystem(options: WatchOptions): FileSystemWatch {
  const { clock, efs, fileSystemId, log } = options;
  const ledger = createAccessPointLedger();
  let listedFrom: number | undefined;
  let first: Promise<void> | undefined;
  let usedAt = 0;
  let fullSince: number | undefined;
  let watching = false;

  // A listing is everybody's, so that no caller's leaving ends it.
  const call: AwsCall = { signal: options.stopped ?? new AbortController().signal };
  const list = shareNext(async () => {
    const beganAt = clock.now();
    const listing: AccessPoint[] = [];
    for await (const page of efs.listAccessPoints(fileSystemId, call)) listing.push(...page);
    ledger.replace(listing, beganAt);
    listedFrom = beganAt;
    log.debug({ fileSystem: fileSystemId, accessPoints: listing.length }, 'listed the access points');
  });

  const keepCurrent = async (stopped: AbortSignal) => {
    for (let pause = firstRefreshMs; !stopped.aborted; pause = refreshMs) {
      await clock.sleep(pause, stopped).catch(() => {});
      if (stopped.aborted) return;
      try {
        await list();
        reportSharedGids(ledger, fileSystemId, log);
      } catch (error) {
        if (!stopped.aborted)
          log.warn({ err: error, fileSystem: fileSystemId }, 'the access points could not be listed');
      }
    }
  };
  const refreshed = async (signal: AbortSignal) => {
    await unlessAborted(list(), signal);
    if (watching || options.stopped === undefined) return;
    watching = true;
    void keepCurrent(options.stopped);
  };

  return {
    ledger,
    refreshed,
    async listed(signal) {
      if (listedFrom !== undefined) return;
      first ??= refreshed(new AbortController().signal).finally(() => {
        first = undefined;
      });
      await unlessAborted(first, signal);
    },
    async settled(signal) {
      for (;;) {
        const now = clock.now();
        const verdict = listingVerdict({ now, listedFrom, usedAt, tenure: options.tenure?.() });
        usedAt = now;
        if (verdict === 'good') return;
        if (verdict === 'list') await refreshed(signal);
        else await clock.sleep(verdict.waitMs, signal);
        usedAt = clock.now();
      }
    },
    isFull: () => fullSince !== undefined && clock.now() < fullSince + fullMs,
    wasFull() {
      fullSince = clock.now();
    },
    removed(id) {
      ledger.remove(id, clock.now());
      fullSince = undefined;
    },
  };
}

/**
 * Whether GIDs can be allocated by a listing. Where this process alone is asked for volumes, the listing has to begin
 * after that began, and after what another process had on its way; from then on it is kept current. Elsewhere it has
 * to be of this moment, or of the busy time that still lasts.
 */
export function listingVerdict({
  now,
  listedFrom,
  usedAt,
  tenure,
}: {
  readonly now: number;
  readonly listedFrom: number | undefined;
  readonly usedAt: number;
  readonly tenure: Tenure | undefined;
}): 'good' | 'list' | { readonly waitMs: number } {
  if (tenure === undefined) {
    if (listedFrom === undefined) return 'list';
    return now - Math.max(listedFrom, usedAt) <= idleMs ? 'good' : 'list';
  }
  const from = tenure.since + (tenure.afterAnother ? inFlightMs : 0);
  if (now < from) return { waitMs: from - now };
  return listedFrom === undefined || listedFrom < from ? 'list' : 'good';
}

function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
