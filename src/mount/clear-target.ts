import { readdir, rmdir } from 'node:fs/promises';
import type { Clock } from '../async/clock.ts';
import { CsiError } from '../csi/errors.ts';
import type { Log } from '../telemetry/log.ts';
import type { CommandResult, RunCommand } from './command.ts';
import { errnoOf } from './errno.ts';

/** How hard a mount is pressed to go. Milliseconds. */
export interface UnmountPolicy {
  /** How long one umount may take before it counts as hung. */
  readonly timeoutMs: number;
  /** Waits between attempts while the mount is in use; their number is the number of further attempts. */
  readonly busyWaitsMs: readonly number[];
  /** Whether a mount that hangs even when forced is detached, its file system being given up in the kernel. */
  readonly lazy: boolean;
}

export const defaultUnmountPolicy: UnmountPolicy = {
  timeoutMs: 10_000,
  busyWaitsMs: [250, 500, 1_000, 2_000],
  lazy: true,
};

export interface ClearPorts {
  readonly run: RunCommand;
  readonly clock: Clock;
  readonly log: Log;
  readonly policy: UnmountPolicy;
  /** Whether the file system at a target is known not to answer: then what keeps it busy hangs in it for ever. */
  readonly hangs: (target: string) => boolean;
}

/** More mounts than this upon one another mean that something mounts as fast as we unmount. */
const MAX_STACK = 64;

/**
 * Unmounts everything at `target` and removes the directory; nothing there is success. Only an empty directory is ever
 * removed: rmdir(2) tells in one step, from memory, whether something is mounted (EBUSY), so the mount table is not
 * read and a dead server is not asked. A directory that is gone also keeps a mount that is still on its way in the
 * kernel from arriving. Throws `unavailable` while the mount is in use, `failed-precondition` where something else
 * than an empty directory is in the way, `aborted` when `signal` ends it.
 */
export async function clearTarget(target: string, ports: ClearPorts, signal?: AbortSignal): Promise<void> {
  for (let depth = 0; depth < MAX_STACK; depth++) {
    if (await removeEmptyDirectory(target)) return;
    await unmountTop(target, ports, signal);
  }
  throw new CsiError('unavailable', `failed to unmount target "${target}": it is mounted again and again`);
}

/**
 * Whether nothing is at `target` any more; false means a mount. Throws `failed-precondition` where there is something
 * else than an empty directory.
 */
export async function removeEmptyDirectory(target: string): Promise<boolean> {
  try {
    await rmdir(target);
    return true;
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === 'ENOENT') return true;
    if (errno === 'EBUSY') return false;
    throw await inTheWay(target, errno, error);
  }
}

async function inTheWay(target: string, errno: string | undefined, cause: unknown): Promise<CsiError> {
  if (errno === 'ENOTDIR') {
    const message = `"${target}" is not a directory; remove it if it is not needed`;
    return new CsiError('failed-precondition', message, { cause });
  }
  if (errno === 'ENOTEMPTY' || errno === 'EEXIST') {
    const names = (await readdir(target)).sort();
    const shown = names.slice(0, 3).map((name) => `"${name}"`);
    const more = names.length > shown.length ? ` and ${names.length - shown.length} more` : '';
    const message = `the directory "${target}" is not mounted and holds files (${shown.join(', ')}${more}); they are kept: move them away`;
    return new CsiError('failed-precondition', message, { cause });
  }
  return new CsiError('internal', `failed to remove target "${target}": ${String(cause)}`, { cause });
}

/** Takes the topmost mount away, with force where it hangs. */
async function unmountTop(target: string, ports: ClearPorts, signal?: AbortSignal): Promise<void> {
  if (ports.hangs(target)) return unmountHung(target, ports);
  for (const waitMs of [...ports.policy.busyWaitsMs, undefined]) {
    const result = await umount(target, [], ports, signal);
    if (result.exitCode === 0) return;
    if (signal?.aborted) throw interrupted(target, signal);
    if (result.timedOut) return unmountHung(target, ports);
    // It may have gone by another's hand meanwhile.
    if (await removeEmptyDirectory(target)) return;
    if (waitMs === undefined) throw inUse(target, result);
    await ports.clock.sleep(waitMs, signal).catch(() => {
      throw interrupted(target, signal);
    });
  }
}

/** Not bound to the caller's signal: once begun, a forced unmount is seen through within its own time limits. */
async function unmountHung(target: string, ports: ClearPorts): Promise<void> {
  // The first umount may have detached the mount and hang only in giving up the file system.
  if (await removeEmptyDirectory(target)) return;
  ports.log.warn({ target }, 'the mount does not answer; forcing its unmount');
  let result = await umount(target, ['--force'], ports);
  if (result.exitCode === 0 || (await removeEmptyDirectory(target))) return;
  if (ports.policy.lazy) {
    ports.log.warn({ target }, 'a forced umount does not help; detaching the mount');
    result = await umount(target, ['--lazy'], ports);
    if (result.exitCode === 0 || (await removeEmptyDirectory(target))) return;
  }
  throw new CsiError(
    'unavailable',
    `failed to unmount target "${target}": it does not answer, also with --force${ports.policy.lazy ? ' and --lazy' : ''}: ${printed(result)}`,
  );
}

/**
 * umount(8) without flags asks the file system for its type, by which it need not read the mount table; a hung one ends
 * that at the time limit. The stronger ways ask nothing.
 */
function umount(
  target: string,
  flags: readonly string[],
  { run, policy }: ClearPorts,
  signal?: AbortSignal,
): Promise<CommandResult> {
  const args = flags.length === 0 ? [target] : ['--no-canonicalize', ...flags, target];
  return run({ program: 'umount', args, timeoutMs: policy.timeoutMs, ...(signal && { signal }) });
}

function inUse(target: string, result: CommandResult): CsiError {
  const hint = `a process on this node may still use it ("fuser -vm ${target}" names it)`;
  return new CsiError('unavailable', `failed to unmount target "${target}": ${printed(result)}: ${hint}`);
}

function interrupted(target: string, signal: AbortSignal | undefined): CsiError {
  const message = `failed to unmount target "${target}" before the call was over; it goes on with the next one`;
  return new CsiError('aborted', message, { cause: signal?.reason });
}

const printed = ({ stderr, exitCode }: CommandResult) =>
  stderr.trim() || `umount ended with code ${exitCode}`;
