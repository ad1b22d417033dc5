import { join } from 'node:path';
import { errnoOf } from '../../mount/errno.ts';
import type { DirectoryUsage } from '../directories-port.ts';
import { look, notADirectory, type Workplace } from './workplace.ts';

/** Bytes of a block in st_blocks, whatever the file system's own. */
const blockBytes = 512n;

/** Adds up what is below a directory, itself included. What vanishes meanwhile is not counted, links are not followed. */
export async function measure(place: Workplace, path: string): Promise<DirectoryUsage> {
  const { files, root, clock, pace } = place;
  const found = look(place, path);
  if (found !== undefined && !found.isDirectory()) throw notADirectory(path);
  const seen = new Set<bigint>();
  let bytes = 0n;
  let inodes = 0n;
  const open = [join(root, path)];
  const count = (file: string): boolean => {
    const stat = files.lstatSync(file, { bigint: true, throwIfNoEntry: false });
    if (stat === undefined || (stat.nlink > 1n && !stat.isDirectory() && seen.has(stat.ino))) return false;
    if (stat.nlink > 1n && !stat.isDirectory()) seen.add(stat.ino);
    bytes += stat.blocks * blockBytes;
    inodes += 1n;
    return stat.isDirectory();
  };
  if (count(join(root, path)) === false) return { bytes, inodes, measuredAt: clock.now() };
  for (let directory = open.pop(); directory !== undefined; directory = open.pop()) {
    for (const name of namesIn(place, directory)) {
      await pace();
      const file = join(directory, name);
      if (count(file)) open.push(file);
    }
  }
  return { bytes, inodes, measuredAt: clock.now() };
}

function* namesIn({ files }: Workplace, directory: string): Generator<string> {
  const folder = openUnlessGone(files, directory);
  if (folder === undefined) return;
  try {
    for (let entry = folder.readSync(); entry !== null; entry = folder.readSync()) yield entry.name;
  } finally {
    folder.closeSync();
  }
}

/** A directory that is gone, or too deep for a path, holds nothing that counts. */
function openUnlessGone(files: Workplace['files'], directory: string) {
  try {
    return files.opendirSync(directory);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG'].includes(errnoOf(error) ?? '')) return undefined;
    throw error;
  }
}
