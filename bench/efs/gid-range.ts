/** Upstream's default range, both ends included. */
export const FIRST_GID = 50_000;
export const LAST_GID = 60_000;

/** Upstream's choice: the lowest that no access point of the listing has. */
export function lowestFreeGid(used: Iterable<number>): number | undefined {
  const taken = new Set(used);
  for (let gid = FIRST_GID; gid <= LAST_GID; gid++) if (!taken.has(gid)) return gid;
  return undefined;
}

/** How many different GIDs came with the new access points that none before had; both by client token. */
export function newGids(before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>): number {
  const had = new Set(before.values());
  const made = [...after].filter(([token, gid]) => !before.has(token) && !had.has(gid));
  return new Set(made.map(([, gid]) => gid)).size;
}
