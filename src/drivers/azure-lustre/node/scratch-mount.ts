import { mkdir, readdir, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { CommandResult } from '../../../mount/command.ts';
import { errnoOf } from '../../../mount/errno.ts';
import type { NodePorts } from '../../driver-module.ts';

const prefix = 'berth-lustre-root-';
const unmountWithinMs = 10_000;

type ScratchPorts = Pick<NodePorts, 'run' | 'workDir' | 'log'>;

/** Temporary mount points under the work directory. Their names say which process made them. */
export interface ScratchMounts {
  /** A new empty directory to mount at. */
  open(): Promise<string>;
  /** Unmounts and removes one; never throws: what stays behind is in the log and is swept by the next process. */
  close(path: string): Promise<void>;
  /**
   * As `close`, without waiting: for one where a command did not end in time. It is tried at once (a mount cannot
   * arrive at a directory that is gone) and again when the command is really over, since it may have mounted late.
   */
  abandon(path: string, stuck: CommandResult): void;
  /** Removes what processes that are gone have left. */
  sweep(): Promise<void>;
}

export function createScratchMounts(ports: ScratchPorts, pid: number = process.pid): ScratchMounts {
  const open = new Set<string>();
  let count = 0;
  const close = async (path: string) => {
    if (await removeMountPoint(ports, path)) open.delete(path);
  };
  return {
    async open() {
      const path = join(ports.workDir, `${prefix}${pid}-${++count}`);
      await mkdir(path, { recursive: true, mode: 0o700 });
      open.add(path);
      return path;
    },
    close,
    abandon(path, stuck) {
      close(path)
        .then(() => stuck.gone)
        .then(() => close(path))
        .catch((error: unknown) => ports.log.error({ err: error, path }, 'a late mount could not be undone'));
    },
    async sweep() {
      const names = await readdir(ports.workDir).catch((): string[] => []);
      for (const name of names) {
        const path = join(ports.workDir, name);
        const owner = ownerOf(name);
        if (owner === undefined || open.has(path) || (owner !== pid && isAlive(owner))) continue;
        ports.log.info({ path }, 'removing a temporary mount that an earlier process left');
        await removeMountPoint(ports, path);
      }
    },
  };
}

/** Lazily when the plain unmount fails, so that a dead server leaves nothing visible behind. */
async function removeMountPoint({ run, log }: ScratchPorts, path: string): Promise<boolean> {
  const unmount = (args: readonly string[]) =>
    run({ program: 'umount', args: [...args, path], timeoutMs: unmountWithinMs });
  // Removing the directory tells whether anything is mounted there (EBUSY) without looking at what is mounted.
  if (await removed(path)) return true;
  const plain = await unmount([]);
  if (await removed(path)) return true;
  const lazy = await unmount(['-l']);
  if (await removed(path)) return true;
  log.error({ path, stderr: `${plain.stderr}${lazy.stderr}` }, 'a temporary mount could not be removed');
  return false;
}

async function removed(path: string): Promise<boolean> {
  try {
    await rmdir(path);
    return true;
  } catch (error) {
    return errnoOf(error) === 'ENOENT';
  }
}

function ownerOf(name: string): number | undefined {
  const digits = name.startsWith(prefix) ? /^(\d+)-\d+$/.exec(name.slice(prefix.length))?.[1] : undefined;
  return digits === undefined ? undefined : Number(digits);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errnoOf(error) === 'EPERM';
  }
}
