import { randomUUID } from 'node:crypto';
import { chmodSync, lstatSync, mkdirSync, readdirSync, renameSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Where the simulated file systems keep their files: `lustre/<MGS address>/data` below the state directory. */
export interface LustreDirectories {
  data(mgsAddress: string): string;
  create(mgsAddress: string): void;
  /** Gone from its place at once; the files follow in the background. What cannot be removed is reported and stays. */
  remove(mgsAddress: string): void;
  /** Settles when no removal runs any more. */
  idle(): Promise<void>;
}

const IPV4 = /^\d{1,3}(\.\d{1,3}){3}$/;

/**
 * Nothing outside `stateDir` is ever touched: names are checked, a symbolic link in place of a directory is refused, and
 * a removal unlinks links instead of following them. What a killed process left to remove is removed now.
 */
export function openLustreDirectories(
  stateDir: string,
  onError: (error: unknown, path: string) => void,
): LustreDirectories {
  const root = realDirectory(join(stateDir, 'lustre'));
  const trash = realDirectory(join(root, '.removed'));
  const removals = new Set<Promise<void>>();

  const own = (mgsAddress: string) => {
    if (!IPV4.test(mgsAddress)) throw new Error(`${mgsAddress} is no IPv4 address`);
    return join(root, mgsAddress);
  };
  const discard = (path: string) => {
    const removal = rm(path, { recursive: true, force: true })
      .catch((error: unknown) => onError(error, path))
      .finally(() => removals.delete(removal));
    removals.add(removal);
  };
  for (const name of readdirSync(trash)) discard(join(trash, name));

  return {
    data: (mgsAddress) => join(own(mgsAddress), 'data'),
    create: (mgsAddress) => {
      const directory = realDirectory(own(mgsAddress));
      // Whatever the umask: pods of any user enter the file system's root.
      chmodSync(realDirectory(join(directory, 'data')), 0o755);
    },
    remove: (mgsAddress) => {
      const directory = own(mgsAddress);
      const removed = join(trash, randomUUID());
      try {
        renameSync(directory, removed);
      } catch (error) {
        if (!isMissing(error)) onError(error, directory);
        return;
      }
      discard(removed);
    },
    idle: async () => {
      await Promise.all(removals);
    },
  };
}

/** Makes the directory if it is missing, and refuses anything else in its place. */
function realDirectory(path: string): string {
  mkdirSync(path, { recursive: true, mode: 0o755 });
  if (!lstatSync(path).isDirectory()) throw new Error(`${path} is not a directory`);
  return path;
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
