import { chmodSync, lstatSync, mkdirSync, readdirSync, renameSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Where the simulated file systems keep their files: `efs/<file system id>/data` below the state directory. */
export interface EfsDirectories {
  data(fileSystemId: string): string;
  create(fileSystemId: string): void;
  /** Gone from its place at once; the files follow in the background. */
  remove(fileSystemId: string): void;
  /** Settles when no removal runs any more. */
  idle(): Promise<void>;
}

/** Nothing outside `stateDir` is touched. What a killed process left to remove is removed now; `onError` is told what stays. */
export function openEfsDirectories(
  stateDir: string,
  onError: (error: unknown, path: string) => void,
): EfsDirectories {
  const root = realDirectory(join(stateDir, 'efs'));
  const trash = realDirectory(join(root, '.removed'));
  const removals = new Set<Promise<void>>();
  const own = (id: string) => {
    if (!/^fs-[0-9a-f]{8,40}$/.test(id)) throw new Error(`${id} is no file system`);
    return join(root, id);
  };
  const discard = (path: string) => {
    const removal = rm(path, { recursive: true, force: true })
      .catch((error: unknown) => onError(error, path))
      .finally(() => removals.delete(removal));
    removals.add(removal);
  };
  for (const name of readdirSync(trash)) discard(join(trash, name));

  return {
    data: (id) => join(own(id), 'data'),
    create: (id) => {
      // As EFS makes it: owned by root, entered by everyone, written by nobody else.
      chmodSync(realDirectory(join(realDirectory(own(id)), 'data')), 0o755);
    },
    remove: (id) => {
      const removed = join(trash, `${id}-${process.hrtime.bigint()}`);
      try {
        renameSync(own(id), removed);
        discard(removed);
      } catch (error) {
        onError(error, own(id));
      }
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
