import { join } from 'node:path';
import type { Clock } from '../../async/clock.ts';
import { CsiError } from '../../csi/errors.ts';
import type { FileCalls } from './file-calls.ts';
import type { ProjectQuota } from './project-quota.ts';

/** A mounted file system and what works on it. */
export interface Workplace {
  readonly files: FileCalls;
  /** Where it is mounted, at its root, following no symbolic links. */
  readonly root: string;
  readonly quota: ProjectQuota;
  readonly clock: Clock;
  /** When to let others have their turn; milliseconds since the epoch. */
  readonly turnEndsAt: number;
  /** Waits so that the file system is not asked more often than it should be; called before each entry of a walk. */
  readonly pace: () => Promise<void>;
}

/** What is at a path; undefined for nothing. A symbolic link is itself. */
export function look({ files, root }: Pick<Workplace, 'files' | 'root'>, path: string) {
  return files.lstatSync(join(root, path), { throwIfNoEntry: false });
}

/** Why `path`, which is there, is not a directory that stands where its name says. */
export function notADirectory(path: string): CsiError {
  const message = `"${path}" is a symbolic link or a file, not a directory; it is left as it is`;
  return new CsiError('failed-precondition', message);
}
