import { readFile, realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunCommand } from '../../mount/command.ts';

const UNMOUNT_TIMEOUT_MS = 10_000;

/**
 * Takes away the hidden base mounts of one simulated file system, or of all. Mounts that callers still hold keep
 * working until they are unmounted. Calling it again is harmless.
 */
export async function cleanLustreMounts(
  stateDir: string,
  run: RunCommand,
  mgsAddress?: string,
  mountinfoPath = '/proc/self/mountinfo',
): Promise<void> {
  const root = join(await realpath(stateDir).catch(() => stateDir), 'lustre-mounts');
  const prefix = mgsAddress === undefined ? `${root}/` : `${root}/${mgsAddress}-`;
  const points = mountPointsUnder(prefix, await readFile(mountinfoPath, 'utf8'));
  // Later mounts may lie on earlier ones.
  for (const point of points.reverse()) {
    await run({ program: 'umount', args: ['--lazy', point], timeoutMs: UNMOUNT_TIMEOUT_MS });
  }
  // Removing the tree while something is still mounted in it would remove the files of the file system.
  const left = mountPointsUnder(prefix, await readFile(mountinfoPath, 'utf8'));
  if (mgsAddress === undefined && left.length === 0) await rm(root, { recursive: true, force: true });
}

/** Mount points that begin with `prefix`, in the order they were made. */
export function mountPointsUnder(prefix: string, mountinfo: string): string[] {
  return mountinfo
    .split('\n')
    .map((line) => unescapeOctal(line.split(' ')[4] ?? ''))
    .filter((point) => point.startsWith(prefix));
}

/** proc(5): space, tab, newline and backslash appear as three octal digits. */
function unescapeOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}
