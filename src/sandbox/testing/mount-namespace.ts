import { spawnSync } from 'node:child_process';
import { chownSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Someone who is not root, for trying as root what an ordinary user would meet. */
const NOBODY = 65534;

export interface MountNamespace {
  readonly name: 'root' | 'user-namespace';
  /** Why it cannot be had on this machine, or false. */
  readonly skip: string | false;
  /** Runs a shell script whose mounts end with it. */
  run(script: string, directory: string): { status: number | null; stdout: string; stderr: string };
  /** A directory that the script's user owns. */
  directory(): string;
}

/** The two ways in which a sandbox mounts; what is mounted in either never shows outside. */
export const mountNamespaces: readonly MountNamespace[] = (['root', 'user-namespace'] as const).map(
  (name) => {
    const isRoot = process.geteuid?.() === 0;
    const unshare = ['unshare', '--mount', '--propagation', 'private'];
    const becomeNobody = ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'];
    const userNamespace = [...(isRoot ? becomeNobody : []), ...unshare, '--user', '--map-root-user'];
    const [program = '', ...args] = name === 'root' ? unshare : userNamespace;
    const works = (name === 'user-namespace' || isRoot) && spawnSync(program, [...args, 'true']).status === 0;
    return {
      name,
      skip: works ? false : `${name}: unshare(1) cannot mount on this machine as this user`,
      run: (script, directory) =>
        spawnSync(program, [...args, 'sh', '-c', script], {
          cwd: directory,
          encoding: 'utf8',
          timeout: 30_000,
        }),
      directory() {
        const directory = mkdtempSync(join(tmpdir(), 'berth-'));
        if (isRoot && name === 'user-namespace') chownSync(directory, NOBODY, NOBODY);
        return directory;
      },
    };
  },
);

export function removeDirectory(directory: string): void {
  rmSync(directory, { recursive: true, force: true });
}
