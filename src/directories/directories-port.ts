import type { Call } from '../csi/call.ts';
import type { MountPlan } from '../csi/driver.ts';

/**
 * Directory work on shared file systems, done by `berth directories`: a second, privileged container beside the
 * controller. All methods throw CsiError; each may be repeated after any failure with the same result. They answer when
 * the work is done, or `deadline-exceeded` when the call ends first: the work goes on, and the next call joins it.
 */
export interface DirectoriesPort {
  /**
   * Makes a volume's directory and the record that says so. A record that stands already is returned as it is, whether
   * or not it is what was asked for; finishing what was interrupted. Throws `already-exists` where the directory, or one
   * above it, is another volume's or nobody's whom Berth knows.
   */
  make(request: MakeDirectory, call: Call): Promise<DirectoryRecord>;
  /** The record of a volume, or undefined where there is none. */
  find(request: RecordedVolume, call: Call): Promise<DirectoryRecord | undefined>;
  /** The records of all volumes on a file system. */
  list(request: OnFileSystem, call: Call): Promise<readonly DirectoryRecord[]>;
  /** Gives the volume another size. Shrinking below what it holds is the file system's business. */
  resize(request: ResizeDirectory, call: Call): Promise<DirectoryRecord>;
  /** Does with the directory what its record says (`onDelete`) and ends the record. No record is success. */
  remove(request: RecordedVolume, call: Call): Promise<void>;
  /**
   * Removes a directory that no record speaks of, because a cloud made it for a volume (the root of an EFS access
   * point). Whose it is has to be proven by the caller. Throws `failed-precondition` where it is, holds or lies in a
   * directory of `inUse`, is not strictly below `base`, or is reached through a symbolic link. Gone is success.
   */
  removeUnrecorded(request: RemoveUnrecorded, call: Call): Promise<void>;
  /** What a directory holds, by a walk that spares the file system. One of at most `maxAgeMs` ago is good enough. */
  usage(request: MeasureDirectory, call: Call): Promise<DirectoryUsage>;
}

/** What becomes of a directory whose volume is deleted. `archive` renames it to `archived-<volume>` in its base. */
export type OnDelete = 'delete' | 'archive' | 'retain';

/**
 * How a volume's size is kept: `lustre-project` by a project quota, `none` not at all. `lustre-project-if-possible` is
 * the former where the file system and its client have it.
 */
export type QuotaKind = 'lustre-project' | 'lustre-project-if-possible' | 'none';

/** The file system: mounted at its root, where the records are kept in `.berth`, a directory of root alone. */
export interface OnFileSystem {
  readonly mount: MountPlan;
}

export interface RecordedVolume extends OnFileSystem {
  /** Unique on the file system: letters, digits, `.`, `_`, `-`; at most 128, the first a letter or digit. */
  readonly volume: string;
}

/** Where a volume's directory lies, whose it is, and what becomes of it. */
export interface DirectoryAttributes {
  /** Relative to the mount's root, or empty for that; made with mode 0755 where it is missing. */
  readonly base: string;
  /** Relative to `base`, strictly below it. What lies between is made with mode 0755. */
  readonly path: string;
  /** Permission bits, 0 to 0o7777. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly onDelete: OnDelete;
}

export interface MakeDirectory extends RecordedVolume, DirectoryAttributes {
  /** For people who read the record, e.g. `efs.csi.aws.com`. */
  readonly driver: string;
  /** 0n: no limit. */
  readonly capacityBytes: bigint;
  readonly quota: QuotaKind;
}

export interface ResizeDirectory extends RecordedVolume {
  readonly capacityBytes: bigint;
}

export interface RemoveUnrecorded extends OnFileSystem {
  /** Relative to the mount's root, or empty for that. */
  readonly base: string;
  /** Relative to the mount's root. */
  readonly path: string;
  /** Relative to the mount's root: directories of other volumes. */
  readonly inUse: readonly string[];
  /** Names the directory while it is on its way out, so that a repeated call finds it; as `RecordedVolume.volume`. */
  readonly volume: string;
}

export interface MeasureDirectory extends OnFileSystem {
  /** Relative to the mount's root. */
  readonly path: string;
  readonly maxAgeMs: number;
}

/** What is on the file system about a volume's directory. */
export interface DirectoryRecord extends DirectoryAttributes {
  readonly volume: string;
  readonly driver: string;
  readonly capacityBytes: bigint;
  /** Lustre project id whose quota is the volume's size; undefined where the size is not enforced. */
  readonly projectId: number | undefined;
}

export interface DirectoryUsage {
  /** Space taken on the file system, hard links counted once. */
  readonly bytes: bigint;
  readonly inodes: bigint;
  /** Milliseconds since the epoch. */
  readonly measuredAt: number;
}
