import type { Clock } from '../async/clock.ts';
import { CsiError } from '../csi/errors.ts';
import { asksServerForRoot, isSame, type MountIdentity, mountAtPath } from './mount-id.ts';
import type { MountTable } from './mount-table.ts';
import type { MountEntry } from './mountinfo.ts';

export type Found =
  | { readonly type: 'nothing' }
  | { readonly type: 'mount'; readonly entry: MountEntry }
  | { readonly type: 'broken'; readonly errno: string };

/** What stands at a path, found without asking any remote file system. Paths are absolute, without symbolic links. */
export interface MountedAt {
  /** The topmost mount at `path`. `fsType` is what the caller expects there; it decides how it may be looked at. */
  find(path: string, fsType: string): Promise<Found>;
  /** Only whether there is one that is not broken, without reading the table where the type allows it. */
  stands(path: string, fsType: string): Promise<boolean>;
  /** To be called after a mount or unmount of this program at `path`. */
  forget(path: string): void;
}

/**
 * How long a table line is trusted for a mount with the same number and root inode. The kernel gives numbers out again,
 * so a mount that someone swaps by hand at the very same path may look the same; it is noticed after this time.
 */
const TRUST_MS = 10_000;

const MAX_REMEMBERED = 4096;

interface Remembered {
  readonly identity: MountIdentity;
  readonly entry: MountEntry;
  readonly until: number;
}

export function createMountedAt(
  table: MountTable,
  clock: Clock,
  look: typeof mountAtPath = mountAtPath,
): MountedAt {
  const remembered = new Map<string, Remembered>();

  const recall = (path: string): Remembered | undefined => {
    const known = remembered.get(path);
    return known !== undefined && clock.now() < known.until ? known : undefined;
  };
  const remember = (path: string, identity: MountIdentity, entry: MountEntry) => {
    if (remembered.size >= MAX_REMEMBERED) remembered.clear();
    remembered.set(path, { identity, entry, until: clock.now() + TRUST_MS });
  };
  const inTable = async (path: string): Promise<Found> => {
    const entry = (await table.at(path)).at(-1);
    return entry === undefined ? { type: 'nothing' } : { type: 'mount', entry };
  };

  return {
    async find(path, fsType) {
      if (asksServerForRoot(fsType)) return inTable(path);
      // The mount may be replaced between the two looks; then its number is not in the table.
      for (let attempt = 0; attempt < 3; attempt++) {
        const known = recall(path);
        const found = look(path, known?.identity);
        if (found.type !== 'mount') return found;
        if (known !== undefined && isSame(found.identity, known.identity))
          return { type: 'mount', entry: known.entry };
        const entry = await table.byId(found.identity.id);
        if (entry === undefined) continue;
        remember(path, found.identity, entry);
        return { type: 'mount', entry };
      }
      throw new CsiError(
        'aborted',
        `what is mounted at "${path}" keeps changing; something else mounts there`,
      );
    },
    async stands(path, fsType) {
      const found = asksServerForRoot(fsType) ? await inTable(path) : look(path);
      return found.type === 'mount';
    },
    forget: (path) => remembered.delete(path),
  };
}
