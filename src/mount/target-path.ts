import { mkdirSync, realpathSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { CsiError } from '../csi/errors.ts';
import { errnoOf } from './errno.ts';

/** As upstream makes target paths; the umask applies. */
export const TARGET_MODE = 0o775;

/**
 * The target path as the kernel's mount table names it: symbolic links above it are followed, never the target itself,
 * because it may be a mount that does not answer. Undefined where the directory above it does not exist.
 */
export function canonicalTarget(path: string): string | undefined {
  const target = checkedTarget(path);
  try {
    return join(realpathSync.native(dirname(target)), basename(target));
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return undefined;
    throw error;
  }
}

/** The same, with the directories above the target made where the orchestrator has not made them. */
export function makeCanonicalTarget(path: string): string {
  const target = checkedTarget(path);
  const found = canonicalTarget(target);
  if (found !== undefined) return found;
  mkdirSync(dirname(target), { recursive: true, mode: TARGET_MODE });
  return join(realpathSync.native(dirname(target)), basename(target));
}

function checkedTarget(path: string): string {
  const target = resolve(path);
  if (isAbsolute(path) && target !== '/') return target;
  throw new CsiError('invalid-argument', `target path "${path}" must be absolute and not the root directory`);
}
