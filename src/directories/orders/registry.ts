import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { CsiError } from '../../csi/errors.ts';
import { errnoOf } from '../../mount/errno.ts';
import { recordsFolder } from '../inner-path.ts';
import type { FileCalls } from './file-calls.ts';
import { formatRecord, parseRecord, type StoredRecord } from './stored-record.ts';

/**
 * What Berth knows of a file system, kept on it: for each volume its record, for each directory and each project id
 * whose it is. Nobody but root can read or change it, so it proves what Berth made.
 */
export interface Registry {
  record(volume: string): StoredRecord | undefined;
  /** Names of all volumes with a record, in any state. */
  volumes(): readonly string[];
  /** Takes the place of an earlier record of the volume. */
  write(record: StoredRecord): void;
  drop(volume: string): void;
  /** The volume whose `thing` is, after giving it to `volume` where it was nobody's. In one step for all who try. */
  claim(kind: ClaimKind, thing: string, volume: string): string;
  holder(kind: ClaimKind, thing: string): string | undefined;
  /** Nothing where it is another's. */
  release(kind: ClaimKind, thing: string, volume: string): void;
  /** Where a volume's directory is set aside while it is being removed; absolute. */
  setAside(volume: string): string;
}

export type ClaimKind = 'path' | 'project';

const folders = { record: 'volumes', path: 'paths', project: 'projects', aside: 'removing', next: 'new' };

/**
 * Opens the registry below `root`, a mount point, and makes it where it is missing. Throws `failed-precondition` where
 * what is there is not root's alone: then somebody else could have written it.
 */
export function openRegistry(files: FileCalls, root: string): Registry {
  const home = join(root, recordsFolder);
  makeOwn(files, home);
  for (const folder of Object.values(folders)) makeOwn(files, join(home, folder));
  return registryAt(files, home);
}

/** The registry as it is, for looking only; undefined where there is none. */
export function existingRegistry(files: FileCalls, root: string): Registry | undefined {
  const home = join(root, recordsFolder);
  const stands = files.lstatSync(join(home, folders.record), { throwIfNoEntry: false }) !== undefined;
  return stands ? registryAt(files, home) : undefined;
}

function registryAt(files: FileCalls, home: string): Registry {
  const recordFile = (volume: string) => join(home, folders.record, `${volume}.json`);
  const claimFile = (kind: ClaimKind, thing: string) => join(home, folders[kind], claimName(kind, thing));
  const nextFile = (volume: string) => join(home, folders.next, volume);
  const write = (volume: string, text: string) => {
    // Whatever a killed process left there must not be written to: a claim may be a link to it.
    removeFile(files, nextFile(volume));
    files.writeFileSync(nextFile(volume), text, { flag: 'wx', mode: 0o600, flush: true });
  };
  const holder = (kind: ClaimKind, thing: string) => read(files, claimFile(kind, thing));
  return {
    record(volume) {
      const text = read(files, recordFile(volume));
      return text === undefined ? undefined : understood(volume, recordFile(volume), text);
    },
    volumes: () =>
      files
        .readdirSync(join(home, folders.record))
        .map((name) => name.replace(/\.json$/, ''))
        .sort(),
    write(record) {
      write(record.volume, formatRecord(record));
      files.renameSync(nextFile(record.volume), recordFile(record.volume));
    },
    drop: (volume) => removeFile(files, recordFile(volume)),
    claim(kind, thing, volume) {
      const held = holder(kind, thing);
      if (held !== undefined) return held;
      write(volume, volume);
      try {
        files.linkSync(nextFile(volume), claimFile(kind, thing));
      } catch (error) {
        if (errnoOf(error) !== 'EEXIST') throw error;
      }
      removeFile(files, nextFile(volume));
      return holder(kind, thing) ?? volume;
    },
    holder,
    release(kind, thing, volume) {
      if (holder(kind, thing) === volume) removeFile(files, claimFile(kind, thing));
    },
    setAside: (volume) => join(home, folders.aside, volume),
  };
}

/** A path may be longer than a file name. */
function claimName(kind: ClaimKind, thing: string): string {
  return kind === 'path' ? createHash('sha256').update(thing).digest('hex') : thing;
}

function makeOwn(files: FileCalls, path: string): void {
  try {
    files.mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw error;
  }
  const found = files.lstatSync(path);
  const own = found.isDirectory() && found.uid === process.geteuid?.() && (found.mode & 0o077) === 0;
  if (own) return;
  throw new CsiError(
    'failed-precondition',
    `${path} is not a directory of root alone, so what it holds proves nothing: exempt the controller's node from root squash, or look who made it and remove it`,
  );
}

function understood(volume: string, file: string, text: string): StoredRecord {
  try {
    return parseRecord(text);
  } catch (cause) {
    throw new CsiError(
      'failed-precondition',
      `the record ${file} of volume ${volume} cannot be read; its directory is left as it is. Restore the record, or remove both by hand`,
      { cause },
    );
  }
}

function read(files: FileCalls, path: string): string | undefined {
  try {
    return files.readFileSync(path, 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function removeFile(files: FileCalls, path: string): void {
  try {
    files.unlinkSync(path);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
  }
}
