import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../../async/clock.ts';
import { type ContainerState, readContainerState, signalContainer } from '../container/container-state.ts';
import { kubeletPaths } from '../volumes/kubelet-paths.ts';

const GRACE_MS = 5000;
const LOOK_MS = 20;

/**
 * Ends every container of the node under `rootDir`, whoever started it: SIGTERM, after five seconds SIGKILL. Resolves when
 * none runs. The pods stay in the cluster, and a node started later runs them again. Harmless where there is no node.
 */
export async function endPods(rootDir: string, clock: Clock): Promise<void> {
  const told = new Set<string>();
  for (const deadline = clock.now() + GRACE_MS; ; await clock.sleep(LOOK_MS)) {
    const running = runningContainers(rootDir, clock);
    if (running.size === 0) return;
    for (const [directory, state] of running) {
      if (clock.now() >= deadline) signalContainer(state, 'SIGKILL');
      else if (state.phase === 'running' && !told.has(directory)) {
        told.add(directory);
        signalContainer(state, 'SIGTERM');
      }
    }
  }
}

function runningContainers(rootDir: string, clock: Clock): Map<string, ContainerState> {
  const { pods } = kubeletPaths(rootDir);
  const running = new Map<string, ContainerState>();
  for (const uid of entriesOf(pods)) {
    for (const name of entriesOf(join(pods, uid, 'containers'))) {
      const directory = join(pods, uid, 'containers', name);
      const state = readContainerState(directory, clock.now);
      if (state !== undefined && state.phase !== 'exited') running.set(directory, state);
    }
  }
  return running;
}

function entriesOf(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
