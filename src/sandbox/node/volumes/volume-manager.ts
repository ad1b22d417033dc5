import { mkdir, readdir, realpath, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { KubeClient } from '../../../kube/client.ts';
import type { Pod } from '../../../kube/objects.ts';
import type { RunCommand } from '../../../mount/command.ts';
import { type CsiVolumePorts, isStagedForOthers, mountCsiVolume, unmountCsiVolume } from './csi-volume.ts';
import { writeFileVolume } from './file-volume.ts';
import { fsGroupPolicyOf } from './find-csi-volume.ts';
import { planPodVolume } from './plan-pod-volume.ts';
import type { PodVolumePlan } from './pod-volume.ts';
import { VolumeError } from './volume-error.ts';
import { readVolumeRecords } from './volume-record.ts';
import type { StandingVolume } from './volume-stats.ts';

/** A volume that stands: what containers mount. */
export interface MountedVolume {
  /** On the machine, without symbolic links. */
  readonly path: string;
  readonly readonly: boolean;
  readonly recursive: boolean;
}

/** A failure on the way to one volume of a pod. */
export class PodVolumeError extends Error {
  override readonly name = 'PodVolumeError';
}

export interface VolumeManager {
  /** Makes all volumes of the pod stand, by name. Throws PodVolumeError at the first that does not. */
  mountAll(pod: Pod): Promise<ReadonlyMap<string, MountedVolume>>;
  /** Takes away all that was mounted for the pod, by the records on disk. Throws while something is left. */
  unmountAll(podUid: string): Promise<void>;
  /** The pod's CSI volumes that stand; after a restart of the node, those that it has looked at again. */
  standing(podUid: string): readonly StandingVolume[];
}

const CHOWN_TIMEOUT_MS = 120_000;

export function createVolumeManager(
  ports: CsiVolumePorts & { readonly client: KubeClient; readonly run: RunCommand },
): VolumeManager {
  const { paths, client } = ports;
  /** CSI volumes that stand, by pod: as kubelet, a driver is not asked again for what it has mounted. */
  const standing = new Map<string, Map<string, MountedVolume & StandingVolume>>();

  const mountOnce = async (pod: Pod, plan: Extract<PodVolumePlan, { type: 'csi' }>) => {
    const uid = pod.metadata.uid ?? '';
    const known = standing.get(uid)?.get(plan.volume.name);
    if (known !== undefined) return known;
    const path = await mountCsiVolume(uid, plan.volume, ports);
    const group = fsGroupOf(pod);
    if (group !== undefined && !plan.readonly && (await wantsGroup(plan)))
      await giveToGroup(path, group, ports.run);
    const { driver, handle } = plan.volume;
    const { claim } = plan;
    const mounted = {
      path,
      readonly: plan.readonly,
      recursive: false,
      name: plan.name,
      claim,
      driver,
      handle,
    };
    standing.set(uid, (standing.get(uid) ?? new Map()).set(plan.volume.name, mounted));
    return mounted;
  };

  const make = async (pod: Pod, plan: PodVolumePlan): Promise<MountedVolume> => {
    const uid = pod.metadata.uid ?? '';
    const group = fsGroupOf(pod);
    switch (plan.type) {
      case 'csi':
        return mountOnce(pod, plan);
      case 'empty': {
        const path = paths.plainVolume(uid, 'empty-dir', plan.name);
        await mkdir(path, { recursive: true });
        await chmodAll(path, ports.run);
        if (group !== undefined) await giveToGroup(path, group, ports.run);
        return { path, readonly: false, recursive: false };
      }
      case 'files': {
        const path = paths.plainVolume(uid, plan.plugin, plan.name);
        await writeFileVolume(path, plan.files);
        return { path, readonly: true, recursive: false };
      }
      case 'host':
        if (plan.create === 'directory') await mkdir(plan.path, { recursive: true });
        if (plan.create === 'file') {
          await mkdir(dirname(plan.path), { recursive: true });
          await writeFile(plan.path, '', { flag: 'a' });
        }
        return { path: await realpath(plan.path), readonly: false, recursive: true };
    }
  };

  const wantsGroup = async ({ volume }: Extract<PodVolumePlan, { type: 'csi' }>) => {
    const policy = await fsGroupPolicyOf(volume.driver, client);
    if (policy === 'File') return true;
    const modes = volume.accessModes;
    return policy !== 'None' && volume.fsType !== '' && modes.length === 1 && modes[0] === 'ReadWriteOnce';
  };

  return {
    standing: (podUid) => [...(standing.get(podUid)?.values() ?? [])],
    async mountAll(pod) {
      const mounted = new Map<string, MountedVolume>();
      for (const volume of pod.spec.volumes ?? []) {
        let shown = volume.name;
        try {
          const plan = await planPodVolume(pod, volume, client);
          if (plan.type === 'csi') shown = plan.volume.name;
          mounted.set(volume.name, await make(pod, plan));
        } catch (cause) {
          const message = `MountVolume.SetUp failed for volume "${shown}" : ${cause instanceof Error ? cause.message : cause}`;
          throw new PodVolumeError(message, { cause });
        }
      }
      return mounted;
    },
    async unmountAll(podUid) {
      standing.delete(podUid);
      const records = await readVolumeRecords(paths.csiVolumes(podUid));
      const others = (await readdir(paths.pods).catch(() => [])).filter((uid) => uid !== podUid);
      for (const [volume, record] of records) {
        await unmountCsiVolume(podUid, volume, record, {
          ...ports,
          isUsedElsewhere: (one) => isStagedForOthers(one, others, paths),
        });
      }
    },
  };
}

function fsGroupOf(pod: Pod): number | undefined {
  return (pod.spec.securityContext as { fsGroup?: number } | undefined)?.fsGroup;
}

async function chmodAll(path: string, run: RunCommand): Promise<void> {
  await run({ program: 'chmod', args: ['0777', path], timeoutMs: CHOWN_TIMEOUT_MS });
}

/** As kubelet does for fsGroup: the group owns everything, may write, and new files inherit it. */
async function giveToGroup(path: string, group: number, run: RunCommand): Promise<void> {
  for (const [program, args] of [
    ['chgrp', ['-R', `${group}`, path]],
    ['chmod', ['-R', 'g+rwX', path]],
    ['chmod', ['g+s', path]],
  ] as const) {
    const { exitCode, stderr } = await run({ program, args, timeoutMs: CHOWN_TIMEOUT_MS });
    if (exitCode !== 0) throw new VolumeError(`cannot give the volume to fsGroup ${group}: ${stderr.trim()}`);
  }
}
