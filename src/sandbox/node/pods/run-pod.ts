import { mkdir } from 'node:fs/promises';
import type { Clock } from '../../../async/clock.ts';
import type { KubeClient } from '../../../kube/client.ts';
import type { Pod } from '../../../kube/objects.ts';
import { pods } from '../../../kube/resources.ts';
import type { Log } from '../../../telemetry/log.ts';
import type { RecordEvent } from '../../record-event.ts';
import type { KubeletPaths } from '../volumes/kubelet-paths.ts';
import type { MountedVolume, VolumeManager } from '../volumes/volume-manager.ts';
import { ContainerConfigError, containerEnv } from './container-env.ts';
import { planContainer } from './container-plan.ts';
import type { PodContainers } from './pod-containers.ts';
import { containersOf, initContainersOf, isSidecar, type NodeContainer, podKey } from './pod-objects.ts';
import type { ContainerView } from './pod-status.ts';
import { decideRestart, type RestartPolicy } from './restart-decision.ts';

export interface RunPodPorts {
  readonly client: KubeClient;
  readonly containers: PodContainers;
  readonly volumes: VolumeManager;
  readonly paths: KubeletPaths;
  readonly recordEvent: RecordEvent;
  readonly clock: Clock;
  readonly log: Log;
  readonly canChangeUser: boolean;
}

export interface PodStep {
  readonly views: ReadonlyMap<string, ContainerView>;
  /** Look again after this long; undefined: at the next change. */
  readonly againMs: number | undefined;
}

/** A container that another sandbox started is killed first; its end is seen soon. */
const FOREIGN_LOOK_MS = 100;

/** One look at a pod that should run: what is missing is mounted and started. Throws PodVolumeError while a volume is missing. */
export async function runPod(pod: Pod, ports: RunPodPorts, onChange: () => void): Promise<PodStep> {
  const uid = pod.metadata.uid ?? '';
  await mkdir(ports.paths.podDir(uid), { recursive: true, mode: 0o750 });
  const policy = (pod.spec.restartPolicy ?? 'Always') as RestartPolicy;
  const volumes = createOnce(() => ports.volumes.mountAll(pod));
  const views = new Map<string, ContainerView>();
  let againMs: number | undefined;
  const step = async (container: NodeContainer, itsPolicy: RestartPolicy) => {
    const result = await stepContainer(pod, container, itsPolicy, volumes, ports, onChange);
    views.set(container.name, result.view);
    if (result.againMs !== undefined) againMs = Math.min(againMs ?? Number.POSITIVE_INFINITY, result.againMs);
    return result.view.state;
  };
  // The volumes of a pod stand before its first container, and are looked at again after a restart of the sandbox.
  await volumes();
  for (const container of initContainersOf(pod)) {
    const sidecar = isSidecar(container);
    // An init container that has ended well is done, whatever the pod's policy.
    const state = await step(container, sidecar ? 'Always' : policy === 'Never' ? 'Never' : 'OnFailure');
    const passed = sidecar ? state?.phase === 'running' : state?.phase === 'exited' && state.exitCode === 0;
    if (!passed) {
      for (const { name } of containersOf(pod))
        views.set(name, { state: undefined, previous: undefined, waiting: { reason: 'PodInitializing' } });
      return { views, againMs };
    }
  }
  for (const container of containersOf(pod)) await step(container, policy);
  return { views, againMs };
}

async function stepContainer(
  pod: Pod,
  container: NodeContainer,
  policy: RestartPolicy,
  volumes: () => Promise<ReadonlyMap<string, MountedVolume>>,
  ports: RunPodPorts,
  onChange: () => void,
): Promise<{ readonly view: ContainerView; readonly againMs?: number }> {
  const { containers, clock } = ports;
  const uid = pod.metadata.uid ?? '';
  const state = containers.state(uid, container.name);
  const previous = containers.previous(uid, container.name);
  if (state !== undefined && containers.isForeign(state)) {
    containers.signal(uid, container.name, 'SIGKILL');
    return { view: { state, previous }, againMs: FOREIGN_LOOK_MS };
  }
  const decision = decideRestart(state, policy, clock.now());
  if (decision.type === 'ended') return { view: { state, previous } };
  if (decision.type === 'running') return { view: { state, previous } };
  if (decision.type === 'wait') {
    if (state?.error !== undefined) say(pod, container, ports, 'Warning', 'Failed', `Error: ${state.error}`);
    const { name, namespace } = pod.metadata;
    const text = `Back-off restarting failed container ${container.name} in pod ${name}_${namespace}(${uid})`;
    say(pod, container, ports, 'Warning', 'BackOff', text);
    const message = `back-off restarting failed container=${container.name} pod=${name}_${namespace}(${uid})`;
    return {
      view: { state, previous, waiting: { reason: 'CrashLoopBackOff', message } },
      againMs: decision.milliseconds,
    };
  }
  try {
    const env = await containerEnv(pod, container, ports.client);
    const spec = await planContainer(pod, container, env, await volumes(), {
      rootDir: containers.rootDir(uid, container.name),
      canChangeUser: ports.canChangeUser,
    });
    say(
      pod,
      container,
      ports,
      'Normal',
      'Pulled',
      `Container image "${container.image ?? ''}" already present on machine`,
    );
    containers.start(pod, container.name, decision.attempt, spec, onChange);
    say(pod, container, ports, 'Normal', 'Created', `Created container: ${container.name}`);
    say(pod, container, ports, 'Normal', 'Started', `Started container ${container.name}`);
    const started = containers.state(uid, container.name);
    return { view: { state: started, previous: containers.previous(uid, container.name) } };
  } catch (error) {
    if (!(error instanceof ContainerConfigError)) throw error;
    say(pod, container, ports, 'Warning', 'Failed', `Error: ${error.message}`);
    ports.log.info(
      { pod: podKey(pod), container: container.name, err: error },
      'container cannot be started',
    );
    const waiting = { reason: 'CreateContainerConfigError', message: error.message };
    return { view: { state, previous, waiting }, againMs: CONFIG_RETRY_MS };
  }
}

/** A ConfigMap or Secret that is missing may come; kubelet looks about as often. */
const CONFIG_RETRY_MS = 15_000;

function say(
  pod: Pod,
  container: NodeContainer,
  { recordEvent }: RunPodPorts,
  type: 'Normal' | 'Warning',
  reason: string,
  message: string,
): void {
  const list = initContainersOf(pod).includes(container) ? 'initContainers' : 'containers';
  recordEvent(pods, pod, { type, reason, message, fieldPath: `spec.${list}{${container.name}}` });
}

function createOnce<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
