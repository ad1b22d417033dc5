import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type NfsMount, optionOf } from './mount-arguments.ts';
import type { NfsAnswer, NfsQuestion } from './nfs-question.ts';

export interface MountNfsPorts {
  readonly ask: (question: NfsQuestion) => Promise<NfsAnswer>;
  readonly realMount: string;
}

/** Options that a bind mount can have; all others concern the connection. */
const bindFlags = new Set(['ro', 'nosuid', 'nodev', 'noexec', 'noatime', 'nodiratime', 'relatime']);

/**
 * Shows what the simulated servers have behind an NFS mount as an overlay whose source is the one that was asked for, so
 * that df and mountinfo show what a real client would. Two overlays of one directory do not see each other's new files:
 * each (directory, source) has one hidden mount, and what a caller gets is a bind of that.
 *
 * @returns what mount(8) would print, or undefined when it is mounted
 */
export async function mountNfs(
  mount: NfsMount,
  { ask, realMount }: MountNfsPorts,
): Promise<string | undefined> {
  const { options, source, target } = mount;
  const address = optionOf(options, 'addr');
  if (!mount.withoutHelper || address === undefined || !source.includes(':/'))
    return `mount: ${target}: wrong fs type, bad option, bad superblock on ${source}, missing codepage or helper program, or other error.`;
  const port = Number(optionOf(options, 'port') ?? 2049);
  const answer = await ask({ address, port, path: source.slice(source.indexOf(':/') + 1) });
  if ('refused' in answer) {
    return answer.refused === 'No such file or directory'
      ? `mount: ${target}: special device ${source} does not exist.`
      : `mount: ${target}: mount(2) system call failed: ${answer.refused}.`;
  }
  const run = (...args: readonly string[]) => {
    const { status, stderr } = spawnSync(realMount, args, { encoding: 'utf8' });
    return status === 0 ? undefined : stderr.trim() || `mount ended with ${status}`;
  };
  const base = baseOf(answer.scratch, answer.directory, source);
  const flags = options.filter((option) => bindFlags.has(option));
  return (
    (isMounted(base) ? undefined : mountBase(base, answer.directory, source, run)) ??
    run('--bind', join(base, 'root'), target) ??
    (flags.length === 0 ? undefined : run('-o', `remount,bind,${flags.join(',')}`, target))
  );
}

type Run = (...args: readonly string[]) => string | undefined;

function baseOf(scratch: string, directory: string, source: string): string {
  const name = createHash('sha256').update(`${directory}\n${source}`).digest('hex').slice(0, 16);
  return join(scratch, name);
}

/** A file that the mount hides. */
const isMounted = (base: string) =>
  existsSync(join(base, 'root')) && !existsSync(join(base, 'root/.not-mounted'));

/** workdir must be on the file system of the files, so the whole state directory is one. */
function mountBase(base: string, directory: string, source: string, run: Run): string | undefined {
  for (const name of ['root', 'work', 'empty']) mkdirSync(join(base, name), { recursive: true, mode: 0o755 });
  writeFileSync(join(base, 'root/.not-mounted'), '');
  rmSync(join(base, 'upper'), { force: true });
  symlinkSync(directory, join(base, 'upper'));
  const layers = `lowerdir=${base}/empty,upperdir=${base}/upper,workdir=${base}/work${ownXattrs()}`;
  const root = join(base, 'root');
  if (run('-t', 'overlay', '-o', layers, source, root) === undefined) return undefined;
  process.stderr.write(
    'berth sandbox: this place refuses overlay mounts; the files of the mount are kept in memory\n',
  );
  return run('-t', 'tmpfs', '-o', 'mode=0755', source, root);
}

/** In a user namespace overlay must keep its marks in attributes that a user may set. */
function ownXattrs(): string {
  return /^\s*0\s+0\s+4294967295\s*$/m.test(readFileSync('/proc/self/uid_map', 'utf8')) ? '' : ',userxattr';
}
