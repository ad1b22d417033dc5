import { readdir } from 'node:fs/promises';
import type { KubeClient } from '../../../kube/client.ts';
import { KubeError } from '../../../kube/client.ts';
import type { Pod } from '../../../kube/objects.ts';
import { pods } from '../../../kube/resources.ts';
import type { Requeue } from '../../../kube/work-queue.ts';
import { PodVolumeError } from '../volumes/volume-manager.ts';
import { containersOf, initContainersOf, podKey } from './pod-objects.ts';
import { type ContainerView, podStatus } from './pod-status.ts';
import { type RunPodPorts, runPod } from './run-pod.ts';
import type { PodStopper } from './stop-pod.ts';

export interface PodWorker {
  /** Brings what is on this machine for one pod, named by uid, to what the cluster says. */
  reconcile(uid: string): Promise<Requeue | undefined>;
  /** All pods that have something on this machine. */
  onDisk(): Promise<readonly string[]>;
}

const DEFAULT_GRACE_SECONDS = 30;

/** What kubelet's pod workers do; one call at a time for a pod, any number of pods beside each other. */
export function createPodWorker(
  ports: RunPodPorts & {
    readonly stopper: PodStopper;
    /** The pod of this node with that uid, as the cluster has it. */
    readonly podOf: (uid: string) => Pod | undefined;
    /** Asks for another look at a pod. */
    readonly look: (uid: string) => void;
  },
): PodWorker {
  const { client, containers, paths, recordEvent, clock, log, stopper } = ports;

  const reconcile = async (uid: string): Promise<Requeue | undefined> => {
    const pod = ports.podOf(uid);
    if (pod === undefined) return removeOrphan(uid);
    if (pod.metadata.deletionTimestamp !== undefined) return endPod(pod, uid);
    if (pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed') {
      await ports.volumes.unmountAll(uid);
      return undefined;
    }
    return keepRunning(pod, uid);
  };

  const keepRunning = async (pod: Pod, uid: string): Promise<Requeue | undefined> => {
    try {
      const { views, againMs } = await runPod(pod, ports, () => ports.look(uid));
      await writeStatus(client, pod, podStatus(pod, views, pod.status ?? {}, clock.now()));
      // A container adopted from a killed sandbox cannot tell its end; a look now and then sees it.
      return { requeueAfterMs: againMs ?? ADOPTED_LOOK_MS };
    } catch (error) {
      if (!(error instanceof PodVolumeError)) throw error;
      recordEvent(pods, pod, { type: 'Warning', reason: 'FailedMount', message: error.message });
      await writeStatus(client, pod, podStatus(pod, viewsOf(pod), pod.status ?? {}, clock.now()));
      throw error;
    }
  };

  const endPod = async (pod: Pod, uid: string): Promise<Requeue | undefined> => {
    const graceSeconds = pod.metadata.deletionGracePeriodSeconds ?? DEFAULT_GRACE_SECONDS;
    const againMs = stopper.stopContainers(uid, graceSeconds * 1000, (container) => {
      const message = `Stopping container ${container}`;
      const fieldPath = `spec.containers{${container}}`;
      recordEvent(pods, pod, { type: 'Normal', reason: 'Killing', message, fieldPath });
    });
    if (againMs !== undefined) return { requeueAfterMs: againMs };
    await writeStatus(client, pod, podStatus(pod, viewsOf(pod), pod.status ?? {}, clock.now()));
    await stopper.cleanUp(uid);
    const { namespace = '', name = '' } = pod.metadata;
    await gone(client.delete(pods, { namespace, name }, { gracePeriodSeconds: 0, preconditions: { uid } }));
    log.info({ pod: podKey(pod) }, 'pod ended');
    return undefined;
  };

  const removeOrphan = async (uid: string): Promise<Requeue | undefined> => {
    if (!(await onDisk()).includes(uid)) return undefined;
    const againMs = stopper.stopContainers(uid, ORPHAN_GRACE_MS, () => {});
    if (againMs !== undefined) return { requeueAfterMs: againMs };
    await stopper.cleanUp(uid);
    log.info({ uid }, 'what a pod had left behind was removed');
    return undefined;
  };

  const viewsOf = (pod: Pod): ReadonlyMap<string, ContainerView> => {
    const uid = pod.metadata.uid ?? '';
    const names = [...initContainersOf(pod), ...containersOf(pod)].map(({ name }) => name);
    return new Map(
      names.map((name) => [
        name,
        { state: containers.state(uid, name), previous: containers.previous(uid, name) },
      ]),
    );
  };
  const onDisk = (): Promise<readonly string[]> => readdir(paths.pods).catch(() => []);

  return { reconcile, onDisk };
}

const ADOPTED_LOOK_MS = 1000;
/** A pod that the cluster has forgotten gets no long farewell. */
const ORPHAN_GRACE_MS = 2000;

/** Writes what has changed; a pod that is gone or was replaced needs no status. */
async function writeStatus(client: KubeClient, pod: Pod, status: object): Promise<void> {
  const before: Readonly<Record<string, unknown>> = pod.status ?? {};
  const changed = Object.entries(status).some(
    ([field, value]) => JSON.stringify(sorted(value)) !== JSON.stringify(sorted(before[field])),
  );
  if (!changed) return;
  const { namespace = '', name = '', uid } = pod.metadata;
  await gone(
    client.patch(
      pods,
      { namespace, name },
      { type: 'merge', body: { metadata: { uid }, status } },
      { subresource: 'status' },
    ),
  );
}

/** A pod that is not there, or another one of its name, is the end that was wanted. */
async function gone(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof KubeError && (error.reason === 'NotFound' || error.reason === 'Conflict')))
      throw error;
  }
}

/** With fields in one order, as servers keep none. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, one]) => [key, sorted(one)]),
  );
}
