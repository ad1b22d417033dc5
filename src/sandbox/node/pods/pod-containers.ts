import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../../async/clock.ts';
import type { Pod } from '../../../kube/objects.ts';
import type { ContainerSpec } from '../container/container-spec.ts';
import { type ContainerState, readContainerState, signalContainer } from '../container/container-state.ts';
import { launchContainer, ownMountNamespace } from '../container/launch-container.ts';
import type { KubeletPaths } from '../volumes/kubelet-paths.ts';

/** A container's log may take twice this. */
const MAX_LOG_BYTES = 10 * 1024 * 1024;

export interface PodContainers {
  state(podUid: string, container: string): ContainerState | undefined;
  /** The end of the start before the newest one. */
  previous(podUid: string, container: string): ContainerState | undefined;
  /** Names of all containers that ever started for the pod, from disk: also of a pod nobody knows any more. */
  names(podUid: string): readonly string[];
  start(pod: Pod, container: string, attempt: number, spec: ContainerSpec, onChange: () => void): void;
  signal(podUid: string, container: string, signal: 'SIGTERM' | 'SIGKILL'): void;
  /** Started by a sandbox whose mounts this one does not see: its volumes are not the pod's any more. */
  isForeign(state: ContainerState): boolean;
  rootDir(podUid: string, container: string): string;
  logFile(pod: Pod, container: string, attempt: number): string;
  /** Removes what the pod's containers said; for a pod that is gone. */
  removeLogs(podUid: string): void;
}

/** The containers on this machine, as their directories and processes say; nothing is remembered. */
export function createPodContainers(options: {
  readonly paths: KubeletPaths;
  readonly logDir: string;
  readonly shim: readonly string[];
  readonly clock: Clock;
}): PodContainers {
  const { paths, logDir, clock } = options;
  const ownNamespace = ownMountNamespace();
  const previousDir = (uid: string, container: string) =>
    join(paths.containerDir(uid, container), 'previous');
  const read = (directory: string) => readContainerState(directory, clock.now);
  const logFile = (pod: Pod, container: string, attempt: number) => {
    const { namespace, name, uid } = pod.metadata;
    return join(logDir, `${namespace}_${name}_${uid}`, container, `${attempt}.log`);
  };
  return {
    state: (uid, container) => read(paths.containerDir(uid, container)),
    previous: (uid, container) => read(previousDir(uid, container)),
    names(uid) {
      const directory = join(paths.podDir(uid), 'containers');
      return existsSync(directory) ? readdirSync(directory) : [];
    },
    start(pod, container, attempt, spec, onChange) {
      const directory = paths.containerDir(pod.metadata.uid ?? '', container);
      mkdirSync(join(directory, 'previous'), { recursive: true, mode: 0o700 });
      if (existsSync(join(directory, 'state.json')))
        renameSync(join(directory, 'state.json'), join(directory, 'previous/state.json'));
      // `logs --previous` shows the start before this one; what was before that nobody can ask for.
      const forgotten = logFile(pod, container, attempt - 2);
      for (const file of [forgotten, `${forgotten}.1`]) rmSync(file, { force: true });
      launchContainer({
        directory,
        attempt,
        spec,
        logFile: logFile(pod, container, attempt),
        maxLogBytes: MAX_LOG_BYTES,
        shim: options.shim,
        onChange,
      });
    },
    signal(uid, container, signal) {
      const state = read(paths.containerDir(uid, container));
      if (state !== undefined) signalContainer(state, signal);
    },
    isForeign: (state) => state.phase !== 'exited' && state.mountNamespace !== ownNamespace,
    rootDir: (uid, container) => join(paths.containerDir(uid, container), 'root'),
    logFile,
    removeLogs(uid) {
      if (!existsSync(logDir)) return;
      for (const name of readdirSync(logDir).filter((entry) => entry.endsWith(`_${uid}`)))
        rmSync(join(logDir, name), { recursive: true, force: true });
    },
  };
}
