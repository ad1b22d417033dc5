import type { Pod } from '../../../kube/objects.ts';
import { START_ERROR_CODE } from '../container/container-script.ts';
import type { ContainerState } from '../container/container-state.ts';
import { NODE_ADDRESS } from '../volumes/plan-pod-volume.ts';
import { containersOf, initContainersOf, isSidecar, type NodeContainer } from './pod-objects.ts';
import type { RestartPolicy } from './restart-decision.ts';

/** What the node knows of one container at this moment. */
export interface ContainerView {
  readonly state: ContainerState | undefined;
  readonly previous: ContainerState | undefined;
  /** Why it is not running, where that is not in its state. */
  readonly waiting?: { readonly reason: string; readonly message?: string };
}

type Views = ReadonlyMap<string, ContainerView>;

export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: string;
}

/** Pure. The pod's status, with the times of what has not changed kept from `before`. */
export function podStatus(pod: Pod, views: Views, before: Readonly<Record<string, unknown>>, now: number) {
  const policy = (pod.spec.restartPolicy ?? 'Always') as RestartPolicy;
  const init = initContainersOf(pod);
  const phase = phaseOf(pod, views, policy);
  const ended = phase === 'Succeeded' || phase === 'Failed';
  const initialized = ended || init.every((one) => isInitialized(one, views));
  const unready = containersOf(pod).filter((one) => !isReady(views.get(one.name)));
  const ready = !ended && initialized && unready.length === 0;
  const notReady =
    phase === 'Succeeded'
      ? { reason: 'PodCompleted' }
      : {
          reason: 'ContainersNotReady',
          message: `containers with unready status: [${unready.map(({ name }) => name).join(' ')}]`,
        };
  const waitingFor = init.filter((one) => !isInitialized(one, views)).map(({ name }) => name);
  const conditions = [
    condition(
      'PodReadyToStartContainers',
      !ended && [...views.values()].some(({ state }) => state !== undefined),
    ),
    condition('Initialized', initialized, {
      reason: 'ContainersNotInitialized',
      message: `containers with incomplete status: [${waitingFor.join(' ')}]`,
    }),
    condition('Ready', ready, notReady),
    condition('ContainersReady', ready, notReady),
  ];
  return {
    phase,
    conditions: keepTimes(conditions, (before.conditions ?? []) as Condition[], now),
    hostIP: NODE_ADDRESS,
    hostIPs: [{ ip: NODE_ADDRESS }],
    podIP: NODE_ADDRESS,
    podIPs: [{ ip: NODE_ADDRESS }],
    qosClass: 'BestEffort',
    startTime: (before.startTime as string | undefined) ?? seconds(now),
    ...(init.length > 0 && {
      initContainerStatuses: init.map((one) => containerStatus(pod, one, views.get(one.name))),
    }),
    containerStatuses: containersOf(pod).map((one) => containerStatus(pod, one, views.get(one.name))),
  };
}

function phaseOf(pod: Pod, views: Views, policy: RestartPolicy): string {
  const states = containersOf(pod).map(({ name }) => views.get(name)?.state);
  const failedInit = initContainersOf(pod).some((one) => {
    const state = views.get(one.name)?.state;
    return state?.phase === 'exited' && state.exitCode !== 0 && policy === 'Never' && !isSidecar(one);
  });
  if (failedInit) return 'Failed';
  // Restarts are part of running; the first start is not.
  if (states.some((state) => state === undefined || (state.phase === 'starting' && state.attempt === 0)))
    return 'Pending';
  const final = (state: ContainerState | undefined) =>
    state?.phase === 'exited' && (policy === 'Never' || (policy === 'OnFailure' && state.exitCode === 0));
  const stopped =
    pod.metadata.deletionTimestamp !== undefined && states.every((state) => state?.phase === 'exited');
  if (states.every(final) || stopped)
    return states.every((state) => state?.exitCode === 0) ? 'Succeeded' : 'Failed';
  return 'Running';
}

function isInitialized(container: NodeContainer, views: Views): boolean {
  const state = views.get(container.name)?.state;
  if (isSidecar(container)) return state?.phase === 'running';
  return state?.phase === 'exited' && state.exitCode === 0;
}

function isReady(view: ContainerView | undefined): boolean {
  return view?.state?.phase === 'running';
}

function containerStatus(pod: Pod, container: NodeContainer, view: ContainerView | undefined) {
  const state = view?.state;
  return {
    name: container.name,
    image: container.image ?? '',
    imageID: '',
    ...(state !== undefined && { containerID: idOf(pod, container, state.attempt) }),
    ready: isReady(view),
    started: isReady(view),
    restartCount: state?.attempt ?? 0,
    state: shownState(pod, container, view),
    lastState: lastStateOf(pod, container, view),
  };
}

function shownState(pod: Pod, container: NodeContainer, view: ContainerView | undefined) {
  const state = view?.state;
  if (state?.phase === 'running') return { running: { startedAt: rounded(state.startedAt) } };
  if (view?.waiting !== undefined) return { waiting: view.waiting };
  if (state?.phase === 'exited') return { terminated: terminated(pod, container, state) };
  return { waiting: { reason: 'ContainerCreating' } };
}

/** While a container that has ended waits for its restart, its end is the last state. */
function lastStateOf(pod: Pod, container: NodeContainer, view: ContainerView | undefined) {
  const last = view?.state?.phase === 'exited' && view.waiting !== undefined ? view.state : view?.previous;
  return last === undefined ? {} : { terminated: terminated(pod, container, last) };
}

function terminated(pod: Pod, container: NodeContainer, state: ContainerState) {
  const { exitCode = 0, signal, error } = state;
  return {
    exitCode,
    ...(signal !== undefined && { signal }),
    reason:
      error !== undefined && exitCode === START_ERROR_CODE
        ? 'StartError'
        : exitCode === 0
          ? 'Completed'
          : 'Error',
    ...(error !== undefined && { message: error }),
    startedAt: rounded(state.startedAt ?? state.finishedAt),
    finishedAt: rounded(state.finishedAt),
    containerID: idOf(pod, container, state.attempt),
  };
}

function idOf(pod: Pod, container: NodeContainer, attempt: number): string {
  return `berth://${pod.metadata.uid}-${container.name}-${attempt}`;
}

function condition(
  type: string,
  holds: boolean,
  otherwise?: { reason: string; message?: string },
): Condition {
  return { type, status: holds ? 'True' : 'False', ...(!holds && otherwise) };
}

function keepTimes(conditions: readonly Condition[], before: readonly Condition[], now: number): Condition[] {
  const ours = new Set(conditions.map(({ type }) => type));
  const timed = conditions.map((one) => {
    const old = before.find(({ type }) => type === one.type);
    return {
      ...one,
      lastTransitionTime:
        old?.status === one.status ? (old.lastTransitionTime ?? seconds(now)) : seconds(now),
    };
  });
  // PodScheduled is the scheduler's.
  return [...timed, ...before.filter(({ type }) => !ours.has(type))];
}

function seconds(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d+Z$/, 'Z');
}

function rounded(time: string | undefined): string | null {
  return time === undefined ? null : time.replace(/\.\d+Z$/, 'Z');
}
