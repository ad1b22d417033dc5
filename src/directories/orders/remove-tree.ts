import type { Dirent } from 'node:fs';
import { join } from 'node:path';
import { errnoOf } from '../../mount/errno.ts';
import type { Workplace } from './workplace.ts';

/** Beyond it a path could come near PATH_MAX; bytes below the top. */
const deepBytes = 500;

/**
 * Removes a directory that was set aside, and all that is in it, entry by entry. Symbolic links are removed, never
 * followed. What lies too deep for a path is moved up first. Returns false where its turn ended before it was done.
 */
export async function removeTree(place: Workplace, top: string): Promise<boolean> {
  const { files, clock, turnEndsAt, pace } = place;
  let lifted = 0;
  const emptied = async (directory: string): Promise<boolean> => {
    for (const entry of entriesOf(place, directory)) {
      if (clock.now() >= turnEndsAt) return false;
      await pace();
      const path = join(directory, entry.name);
      if (!entry.isDirectory()) files.unlinkSync(path);
      else if (Buffer.byteLength(path) - Buffer.byteLength(top) > deepBytes)
        files.renameSync(path, join(top, `.berth-deep-${process.pid}-${clock.now()}-${lifted++}`));
      else if (!(await removed(path))) return false;
    }
    return true;
  };
  const removed = async (directory: string): Promise<boolean> => {
    do {
      if (!(await emptied(directory)) || clock.now() >= turnEndsAt) return false;
    } while (!isRemoved(place, directory));
    return true;
  };
  return removed(top);
}

/** False where something has been put into it meanwhile, by a pod that still has it open. */
function isRemoved({ files }: Workplace, directory: string): boolean {
  try {
    files.rmdirSync(directory);
    return true;
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === 'ENOENT') return true;
    if (errno === 'ENOTEMPTY' || errno === 'EEXIST') return false;
    throw error;
  }
}

function* entriesOf({ files }: Workplace, directory: string): Generator<Dirent> {
  const folder = files.opendirSync(directory);
  try {
    for (let entry = folder.readSync(); entry !== null; entry = folder.readSync()) yield entry;
  } finally {
    folder.closeSync();
  }
}
