import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, closeSync, constants, openSync } from 'node:fs';
import { join } from 'node:path';

/** A FUSE file system whose server takes requests and never answers, as a network file system without its network. */
export interface SilentFileSystem {
  /** The server ends: every request, the pending ones too, gets ENOTCONN. */
  die(): Promise<void>;
}

/** Why such a file system cannot be had here, or false. */
export const noFuse: string | false = mayOpenFuse() ? false : 'needs /dev/fuse: run as root';

function mayOpenFuse(): boolean {
  try {
    accessSync('/dev/fuse', constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Mounts it. Whoever asks it something waits in the kernel; once the server has taken the request, no signal ends the
 * wait, SIGKILL included, which is what a hung Lustre or NFS mount does to a process.
 */
export function mountSilentFileSystem(source: string, target: string): SilentFileSystem {
  const fuse = openSync('/dev/fuse', constants.O_RDWR | constants.O_NONBLOCK);
  const options = 'fd=3,rootmode=40000,user_id=0,group_id=0';
  const mount = spawnSync('mount', ['-i', '-t', 'fuse', '-o', options, source, target], {
    stdio: ['ignore', 'pipe', 'pipe', fuse],
    encoding: 'utf8',
  });
  if (mount.status !== 0) throw new Error(mount.stderr);
  const server = spawn(process.execPath, [join(import.meta.dirname, 'silent-server.ts')], {
    stdio: ['ignore', 'ignore', 'inherit', fuse],
  });
  closeSync(fuse);
  const ended = once(server, 'exit');
  return {
    async die() {
      server.kill('SIGKILL');
      await ended;
    },
  };
}
