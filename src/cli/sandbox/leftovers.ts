import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createRunCommand } from '../../mount/run-command.ts';
import { cleanLustreMounts, mountPointsUnder } from '../../sandbox/lustre/clean-lustre-mounts.ts';
import type { StateDir } from '../../sandbox/state/state-dir.ts';

const UNMOUNT_TIMEOUT_MS = 10_000;
const runCommand = createRunCommand();

/** Mounts of a sandbox that has ended: those under its directory, and those of its file systems wherever they are. */
export async function removeLeftovers(dir: StateDir): Promise<void> {
  const mountinfo = await readFile('/proc/self/mountinfo', 'utf8');
  const elsewhere = mountPointsUnder(
    '/',
    mountinfo
      .split('\n')
      .filter((line) => line.includes(`upperdir=${join(dir.root, 'lustre')}/`))
      .join('\n'),
  );
  const points = [...new Set([...mountPointsUnder(`${dir.root}/`, mountinfo), ...elsewhere])];
  for (const point of points.reverse()) {
    await runCommand({ program: 'umount', args: ['--lazy', point], timeoutMs: UNMOUNT_TIMEOUT_MS });
  }
  await cleanLustreMounts(dir.root, runCommand);
  await rm(join(dir.kubelet, 'plugins_registry'), { recursive: true, force: true });
}
