import { randomUUID } from 'node:crypto';
import { chmodSync, lstatSync, mkdirSync, readdirSync, renameSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Where the simulated file systems of one kind keep their files: `<kind>/<name>/data` below the state directory. */
export interface FileSystemDirectories {
  data(name: string): string;
  create(name: string): void;
  /** Gone from its place at once; the files follow in the background. What cannot be removed is reported and stays. */
  remove(name: string): void;
  /** Settles when no removal runs any more. */
  idle(): Promise<void>;
}

/** A kind of file systems: its folder, and what tells its names from paths that lead elsewhere. */
export interface FileSystemKind {
  readonly folder: string;
  readonly names: RegExp;
}

/** By the address of their MGS. */
export const lustreKind: FileSystemKind = { folder: 'lustre', names: /^\d{1,3}(\.\d{1,3}){3}$/ };
/** By the id of the file system. */
export const efsKind: FileSystemKind = { folder: 'efs', names: /^fs-[0-9a-f]{8,40}$/ };

/**
 * Nothing outside `stateDir` is ever touched: names are checked, a symbolic link in place of a directory is refused, and
 * a removal unlinks links instead of following them. What a killed process left to remove is removed now.
 */
export function openFileSystemDirectories(
  stateDir: string,
  { folder, names }: FileSystemKind,
  onError: (error: unknown, path: string) => void,
): FileSystemDirectories {
  const root = realDirectory(join(stateDir, folder));
  const trash = realDirectory(join(root, '.removed'));
  const removals = new Set<Promise<void>>();

  const own = (name: string) => {
    if (!names.test(name)) throw new Error(`"${name}" names no file system of ${folder}`);
    return join(root, name);
  };
  const discard = (path: string) => {
    const removal = rm(path, { recursive: true, force: true })
      .catch((error: unknown) => onError(error, path))
      .finally(() => removals.delete(removal));
    removals.add(removal);
  };
  for (const name of readdirSync(trash)) discard(join(trash, name));

  return {
    data: (name) => join(own(name), 'data'),
    create: (name) => {
      // Whatever the umask: pods of any user enter the file system's root.
      chmodSync(realDirectory(join(realDirectory(own(name)), 'data')), 0o755);
    },
    remove: (name) => {
      const directory = own(name);
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
