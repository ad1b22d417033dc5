import { rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../../async/clock.ts';
import type { KubeletPaths } from '../volumes/kubelet-paths.ts';
import type { VolumeManager } from '../volumes/volume-manager.ts';
import type { PodContainers } from './pod-containers.ts';

export interface PodStopper {
  /**
   * One step towards the end of a pod's containers: SIGTERM first, SIGKILL when the grace is over. Returns the milliseconds
   * after which to look again, or undefined when nothing runs.
   */
  stopContainers(
    podUid: string,
    graceMs: number,
    onTerminate: (container: string) => void,
  ): number | undefined;
  /** Unmounts the pod's volumes and removes its directory and its logs. */
  cleanUp(podUid: string): Promise<void>;
}

/** How soon a container that was told to end is looked at again: one adopted from a killed sandbox does not report its end. */
const LOOK_MS = 100;

export function createPodStopper(ports: {
  readonly containers: PodContainers;
  readonly volumes: VolumeManager;
  readonly paths: KubeletPaths;
  readonly clock: Clock;
}): PodStopper {
  const { containers, volumes, paths, clock } = ports;
  /** When each pod's containers were told to end. Lost with this process: then they are told again. */
  const told = new Map<string, { readonly at: number; readonly containers: Set<string> }>();
  return {
    stopContainers(uid, graceMs, onTerminate) {
      const running = containers.names(uid).filter((name) => {
        const state = containers.state(uid, name);
        return state !== undefined && state.phase !== 'exited';
      });
      if (running.length === 0) {
        told.delete(uid);
        return undefined;
      }
      const now = clock.now();
      const since = told.get(uid) ?? { at: now, containers: new Set<string>() };
      told.set(uid, since);
      const left = since.at + graceMs - now;
      for (const name of running) {
        if (left <= 0) containers.signal(uid, name, 'SIGKILL');
        else if (!since.containers.has(name) && containers.state(uid, name)?.phase === 'running') {
          onTerminate(name);
          since.containers.add(name);
          containers.signal(uid, name, 'SIGTERM');
        }
      }
      return left <= 0 ? LOOK_MS : Math.min(left, LOOK_MS);
    },
    async cleanUp(uid) {
      await volumes.unmountAll(uid);
      // What may hold a mount's files was emptied above and is gone; a directory that is not stays, and fails here.
      await removePlainFiles(paths, uid);
      containers.removeLogs(uid);
    },
  };
}

async function removePlainFiles(paths: KubeletPaths, uid: string): Promise<void> {
  for (const plugin of ['empty-dir', 'configmap', 'secret', 'downward-api', 'projected'])
    await rm(join(paths.podDir(uid), 'volumes', `kubernetes.io~${plugin}`), { recursive: true, force: true });
  await rm(join(paths.podDir(uid), 'containers'), { recursive: true, force: true });
  for (const path of [paths.csiVolumes(uid), join(paths.podDir(uid), 'volumes'), paths.podDir(uid)])
    await rmdirIfThere(path);
}

async function rmdirIfThere(path: string): Promise<void> {
  await rmdir(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
}
