import type { Pod } from '../../../kube/objects.ts';
import { ageColumn, type Column, nameColumn, text, textAt, wide } from './column.ts';
import { ageOf } from './human-duration.ts';

interface ContainerStatus {
  readonly name: string;
  readonly ready?: boolean;
  readonly started?: boolean;
  readonly restartCount?: number;
  readonly state?: {
    readonly waiting?: { readonly reason?: string };
    readonly running?: object;
    readonly terminated?: Terminated;
  };
  readonly lastState?: { readonly terminated?: Terminated };
}

interface Terminated {
  readonly reason?: string;
  readonly exitCode?: number;
  readonly signal?: number;
  readonly finishedAt?: string;
}

interface PodStatus {
  readonly phase?: string;
  readonly reason?: string;
  readonly containerStatuses?: readonly ContainerStatus[];
  readonly initContainerStatuses?: readonly ContainerStatus[];
  readonly conditions?: readonly {
    readonly type: string;
    readonly status: string;
    readonly reason?: string;
  }[];
}

const statusOf = (pod: Pod) => (pod.status ?? {}) as PodStatus;

export const podColumns: readonly Column<Pod>[] = [
  nameColumn,
  text('Ready', (pod) => {
    const ready = (statusOf(pod).containerStatuses ?? []).filter(
      (one) => one.ready && one.state?.running,
    ).length;
    return `${ready}/${pod.spec.containers.length}`;
  }),
  text('Status', podStatus),
  text('Restarts', restarts),
  ageColumn,
  wide('IP', textAt('status.podIP', '<none>')),
  wide('Node', textAt('spec.nodeName', '<none>')),
  wide('Nominated Node', textAt('status.nominatedNodeName', '<none>')),
  wide('Readiness Gates', (pod) => {
    const gates = (pod.spec.readinessGates ?? []) as readonly { readonly conditionType: string }[];
    const conditions = statusOf(pod).conditions ?? [];
    const met = gates.filter(({ conditionType }) =>
      conditions.some(({ type, status }) => type === conditionType && status === 'True'),
    ).length;
    return gates.length === 0 ? '<none>' : `${met}/${gates.length}`;
  }),
];

/** The word `kubectl get pods` shows: the phase, or the most telling reason below it. */
export function podStatus(pod: Pod): string {
  const status = statusOf(pod);
  const scheduling = status.conditions?.find(({ type }) => type === 'PodScheduled');
  const gated = scheduling?.reason === 'SchedulingGated' ? 'SchedulingGated' : undefined;
  const base = gated ?? status.reason ?? status.phase ?? 'Unknown';
  const initializing = initReason(pod, status);
  const reason = initializing ?? containerReason(status) ?? base;
  if (pod.metadata.deletionTimestamp === undefined) return reason;
  if (status.reason === 'NodeLost') return 'Unknown';
  return status.phase === 'Succeeded' || status.phase === 'Failed' ? reason : 'Terminating';
}

/** `Init:0/2` and its reasons while an init container has not ended well. */
function initReason(pod: Pod, { initContainerStatuses = [] }: PodStatus): string | undefined {
  const total = pod.spec.initContainers?.length ?? 0;
  const index = initContainerStatuses.findIndex(({ state }) => state?.terminated?.exitCode !== 0);
  const state = initContainerStatuses[index]?.state;
  if (index < 0 || state === undefined) return undefined;
  if (state.terminated !== undefined) return `Init:${terminatedReason(state.terminated)}`;
  const waiting = state.waiting?.reason ?? '';
  return waiting === '' || waiting === 'PodInitializing' ? `Init:${index}/${total}` : `Init:${waiting}`;
}

function containerReason({ containerStatuses = [], conditions = [] }: PodStatus): string | undefined {
  let reason: string | undefined;
  for (const { state } of containerStatuses.toReversed()) {
    if ((state?.waiting?.reason ?? '') !== '') reason = state?.waiting?.reason;
    else if (state?.terminated !== undefined) reason = terminatedReason(state.terminated);
  }
  // A pod of which one container has ended while another runs is running.
  if (reason !== 'Completed' || !containerStatuses.some(({ ready, state }) => ready && state?.running))
    return reason;
  return conditions.some(({ type, status }) => type === 'Ready' && status === 'True')
    ? 'Running'
    : 'NotReady';
}

function terminatedReason({ reason, signal, exitCode }: Terminated): string {
  if ((reason ?? '') !== '') return reason ?? '';
  return (signal ?? 0) !== 0 ? `Signal:${signal}` : `ExitCode:${exitCode}`;
}

function restarts(pod: Pod, now: number): string {
  const statuses = statusOf(pod).containerStatuses ?? [];
  const count = statuses.reduce((sum, { restartCount = 0 }) => sum + restartCount, 0);
  const last = statuses
    .flatMap(({ lastState }) => lastState?.terminated?.finishedAt ?? [])
    .sort()
    .at(-1);
  return count === 0 || last === undefined ? String(count) : `${count} (${ageOf(last, now)} ago)`;
}
