import type { AccessPoint } from '../../cloud/aws/efs-client.ts';
import { firstGuess } from './directory-name.ts';
import type { IdRange } from './posix-ids.ts';

/** How long EFS may take to show in a listing what was done, and a request on its way to take effect. */
export const consistencyMs = 60_000;

/** An access point, and how it became known. */
export interface KnownAccessPoint {
  readonly accessPoint: AccessPoint;
  /** When this process made it; undefined where it did not. */
  readonly madeAt: number | undefined;
  /** It came after this process' first listing and was not of its making: an old leader's last create, or another's. */
  readonly late: boolean;
}

/** A GID held for a volume from before its create until the outcome is known. */
interface Reservation {
  readonly gid: number;
  /** When a create ended without telling whether it took effect; undefined while one is under way. */
  doubtedAt: number | undefined;
}

/**
 * What is known of the access points of one file system, and which GIDs are free. No I/O. Looking for a free GID starts
 * at a hash of the volume's name and goes upwards, so it takes a step or two until the range is nearly full.
 */
export interface AccessPointLedger {
  byToken(clientToken: string): KnownAccessPoint | undefined;
  byId(id: string): KnownAccessPoint | undefined;
  all(): Iterable<KnownAccessPoint>;
  /** Takes over a listing that was begun at `beganAt`, except where this process knows better by what it did itself. */
  replace(listing: readonly AccessPoint[], beganAt: number): void;
  /** `made`: by this process, just now. Ends the reservation of its token. */
  add(accessPoint: AccessPoint, how: { readonly now: number; readonly made: boolean }): void;
  remove(id: string, now: number): void;
  /** A GID that nobody has, or the one that this token holds already; undefined where the range is full. */
  take(clientToken: string, range: IdRange): number | undefined;
  /** The create did not take effect, so that the GID is free again, unless an earlier one of this token may have. */
  giveBack(clientToken: string): void;
  /** Nobody knows whether the create took effect: the GID stays taken until a later listing shows. */
  doubt(clientToken: string, now: number): void;
  /** The access points that have this GID. */
  withGid(gid: number): readonly AccessPoint[];
}

export function createAccessPointLedger(): AccessPointLedger {
  let known = new Map<string, KnownAccessPoint>();
  let listed = false;
  const byToken = new Map<string, string>();
  const byGid = new Map<number, Set<string>>();
  const reservations = new Map<string, Reservation>();
  const reservedGids = new Set<number>();
  const removedAt = new Map<string, number>();

  const index = ({ accessPoint: { id, clientToken, posixUser } }: KnownAccessPoint) => {
    byToken.set(clientToken, id);
    if (posixUser === undefined) return;
    const sharers = byGid.get(posixUser.gid);
    if (sharers === undefined) byGid.set(posixUser.gid, new Set([id]));
    else sharers.add(id);
  };
  const release = (clientToken: string) => {
    const held = reservations.get(clientToken);
    if (held === undefined) return;
    reservations.delete(clientToken);
    reservedGids.delete(held.gid);
  };
  const forget = (id: string) => {
    const entry = known.get(id);
    if (entry === undefined) return;
    const { clientToken, posixUser } = entry.accessPoint;
    known.delete(id);
    if (byToken.get(clientToken) === id) byToken.delete(clientToken);
    if (posixUser === undefined) return;
    const sharers = byGid.get(posixUser.gid);
    sharers?.delete(id);
    if (sharers?.size === 0) byGid.delete(posixUser.gid);
  };
  const put = (entry: KnownAccessPoint) => {
    forget(entry.accessPoint.id);
    known.set(entry.accessPoint.id, entry);
    index(entry);
  };
  const endOldDoubts = (beganAt: number) => {
    for (const [clientToken, { doubtedAt = beganAt }] of reservations)
      if (byToken.has(clientToken) || doubtedAt + consistencyMs < beganAt) release(clientToken);
  };

  return {
    byToken: (clientToken) => known.get(byToken.get(clientToken) ?? ''),
    byId: (id) => known.get(id),
    all: () => known.values(),
    replace(listing, beganAt) {
      const before = known;
      known = new Map();
      byToken.clear();
      byGid.clear();
      for (const [id, at] of removedAt) if (at + consistencyMs < beganAt) removedAt.delete(id);
      for (const accessPoint of listing) {
        const { id } = accessPoint;
        if (removedAt.has(id)) continue;
        put(before.get(id) ?? { accessPoint, madeAt: undefined, late: listed });
      }
      // What was made a moment ago may not show yet.
      for (const [id, entry] of before)
        if (!known.has(id) && entry.madeAt !== undefined && entry.madeAt + consistencyMs >= beganAt)
          put(entry);
      listed = true;
      endOldDoubts(beganAt);
    },
    add(accessPoint, { now, made }) {
      release(accessPoint.clientToken);
      const before = known.get(accessPoint.id);
      put({ accessPoint, madeAt: made ? now : before?.madeAt, late: before?.late ?? !made });
    },
    remove(id, now) {
      forget(id);
      removedAt.set(id, now);
    },
    take(clientToken, range) {
      const held = reservations.get(clientToken);
      if (held !== undefined && held.gid >= range.start && held.gid <= range.end) return held.gid;
      if (held !== undefined) release(clientToken);
      const gid = freeId(
        range,
        firstGuess(clientToken, range),
        (id) => byGid.has(id) || reservedGids.has(id),
      );
      if (gid === undefined) return undefined;
      reservations.set(clientToken, { gid, doubtedAt: undefined });
      reservedGids.add(gid);
      return gid;
    },
    giveBack(clientToken) {
      if (reservations.get(clientToken)?.doubtedAt === undefined) release(clientToken);
    },
    doubt(clientToken, now) {
      const held = reservations.get(clientToken);
      if (held !== undefined) held.doubtedAt = now;
    },
    withGid: (gid) => [...(byGid.get(gid) ?? [])].flatMap((id) => known.get(id)?.accessPoint ?? []),
  };
}

/** The first free id from `from` upwards, going on at the start of the range. */
function freeId({ start, end }: IdRange, from: number, taken: (id: number) => boolean): number | undefined {
  for (let id = from; id <= end; id++) if (!taken(id)) return id;
  for (let id = start; id < from; id++) if (!taken(id)) return id;
  return undefined;
}
