import { readFile, realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../async/clock.ts';
import { type MountEntry, parseMountinfo } from '../../mount/mountinfo.ts';
import { createRunCommand } from '../../mount/run-command.ts';
import { cleanLustreMounts } from '../../sandbox/lustre/clean-lustre-mounts.ts';
import { endTunnel } from '../../sandbox/nfs/end-tunnel.ts';
import { endPods } from '../../sandbox/node/pods/end-pods.ts';
import type { StateDir } from '../../sandbox/state/state-dir.ts';
import { efsTunnelDir } from './efs-node-dir.ts';

const UNMOUNT_TIMEOUT_MS = 10_000;
const run = createRunCommand();

/** Ends the pods of a sandbox that has ended, takes away its mounts, and the sockets that would keep a plugin from registering. */
export async function removeLeftovers(dir: StateDir, clock: Clock): Promise<void> {
  // Pods outlive a sandbox that was killed, and their mounts with them.
  await endPods(dir.kubelet, clock);
  for (const mountPoint of await mountsOf(dir)) {
    await run({ program: 'umount', args: ['--lazy', mountPoint], timeoutMs: UNMOUNT_TIMEOUT_MS });
  }
  await cleanLustreMounts(dir.root, run);
  endTunnel(efsTunnelDir(dir));
  await rm(join(dir.kubelet, 'plugins_registry'), { recursive: true, force: true });
}

/** Mount points of this sandbox in this mount namespace, what was mounted last first. */
export async function mountsOf(dir: StateDir): Promise<readonly string[]> {
  const root = await realpath(dir.root).catch(() => dir.root);
  return sandboxMounts(parseMountinfo(await readFile('/proc/self/mountinfo', 'utf8')), root);
}

/**
 * Mount points below the sandbox's directory, and those of its file systems wherever a caller of the node socket put
 * them: they show the same device. What was mounted last comes first.
 */
export function sandboxMounts(mounts: readonly MountEntry[], root: string): readonly string[] {
  const below = (entry: MountEntry) => entry.mountPoint.startsWith(`${root}/`);
  const ofFileSystem = ({ mountPoint }: MountEntry) =>
    mountPoint.startsWith(`${root}/lustre-mounts/`) || mountPoint.startsWith(`${root}/nfs-mounts/`);
  const devices = new Set(mounts.filter(ofFileSystem).map(({ device }) => device));
  return mounts
    .filter((entry) => below(entry) || devices.has(entry.device))
    .map(({ mountPoint }) => mountPoint)
    .reverse();
}
