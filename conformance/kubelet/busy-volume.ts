import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseMountinfo } from '../../src/mount/mountinfo.ts';
import { MOUNT, type PodWorld, podSteps, restartsOf } from '../scenarios/pod-world.ts';
import type { Handled } from '../scenarios/provisioning-world.ts';
import { eventually } from '../testing/kubectl.ts';
import { lustreStateDir } from './lustre-stand-in.ts';

/** A pod that writes a line into its volume five times a second, and its claim. */
export interface BusyVolume {
  readonly pod: Handled;
  readonly claim: Handled;
  /** Of the PersistentVolume. */
  readonly name: string;
  /** Where kubelet had it mounted. */
  readonly target: string;
  /** Resolves once the same pod, never restarted, has written a line more than there is now. */
  writesOn(): Promise<void>;
  /** Deletes the pod, and resolves when the node has no mount of it any more. */
  removePod(): Promise<void>;
  /** Deletes the claim, and resolves when that and its volume are gone. */
  removeClaim(): Promise<void>;
}

export async function openBusyVolume(world: PodWorld): Promise<BusyVolume> {
  const step = podSteps(() => world);
  const claim = await step.claim(await step.namespace(), await step.staticClass());
  const pod = await step.pod(claim, {
    command: `(while sleep 0.2; do echo x >>${MOUNT}/${claim.name}; done) &`,
  });
  const started = await step.ready(pod);
  const { metadata } = await step.bound(claim);
  const name = metadata.name ?? '';
  const file = join(lustreStateDir, 'lustre', world.mgsAddress, 'data', claim.name);
  const lines = async () => (await readFile(file, 'utf8').catch(() => '')).split('\n').length;
  const target = `/var/lib/kubelet/pods/${started?.metadata.uid}/volumes/kubernetes.io~csi/${name}/mount`;
  return {
    pod,
    claim,
    name,
    target,
    async writesOn() {
      const before = await lines();
      await eventually(lines, (now) => now > before, 20_000);
      const now = await step.findPod(pod);
      if (now?.metadata.uid !== started?.metadata.uid || restartsOf(now) > 0)
        throw new Error(`${pod.name} was started again`);
    },
    async removePod() {
      await step.end(pod);
      await eventually(
        async () => parseMountinfo(await readFile('/proc/self/mountinfo', 'utf8')),
        (mounts) => mounts.every(({ mountPoint }) => mountPoint !== target),
      );
    },
    async removeClaim() {
      await step.remove(claim);
      await step.volumeGone(name);
    },
  };
}
