import type { Clock } from '../../async/clock.ts';
import type { KubeClient } from '../../kube/client.ts';
import { startEventRecorder } from '../../kube/event-recorder.ts';
import type { Log } from '../../telemetry/log.ts';
import { recordEvents } from '../record-event.ts';
import { bindClaims } from './bind-claims.ts';
import { createClusterCache } from './cluster-cache.ts';
import { collectGarbage } from './collect-garbage.ts';
import { defaultServiceAccounts, deleteNamespaces } from './delete-namespaces.ts';
import { deploymentLoop } from './deployments.ts';
import { type Loop, type LoopPorts, startLoop } from './loop.ts';
import { protectClaims, protectVolumes } from './protect-in-use.ts';
import { releaseVolumes } from './release-volumes.ts';
import { replicaSetLoop } from './replica-sets.ts';
import { countQuotas } from './resource-quotas.ts';
import { schedulePods } from './schedule-pods.ts';
import { statefulSetLoop } from './stateful-sets.ts';

/** Each loop and the component under whose name its events appear, as kubectl describe shows it. */
type NamedLoop = readonly [component: string, loop: (ports: LoopPorts) => Loop];

/** By the program of a real control plane that does this work. */
const loops = {
  'kube-controller-manager': [
    ['persistentvolume-controller', bindClaims],
    ['persistentvolume-controller', releaseVolumes],
    ['pvc-protection-controller', protectClaims],
    ['pv-protection-controller', protectVolumes],
    ['replicaset-controller', replicaSetLoop],
    ['deployment-controller', deploymentLoop],
    ['statefulset-controller', statefulSetLoop],
    ['garbage-collector-controller', collectGarbage],
    ['namespace-controller', deleteNamespaces],
    ['service-account-controller', defaultServiceAccounts],
    ['resourcequota-controller', countQuotas],
  ],
  'kube-scheduler': [['default-scheduler', schedulePods]],
} satisfies Readonly<Record<string, readonly NamedLoop[]>>;

/** A program that the loops can stand in for. */
export type LoopProgram = keyof typeof loops;
const programs: readonly LoopProgram[] = ['kube-controller-manager', 'kube-scheduler'];

export interface Loops {
  /** Resolves when every loop has seen the whole cluster once. */
  readonly started: Promise<void>;
  /** Resolves after the signal's abort, when nothing runs any more. */
  readonly done: Promise<void>;
}

/** The controllers that a cluster has beside its drivers: what kube-controller-manager and kube-scheduler do for storage. */
export function startLoops(options: {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** Default all. */
  readonly standInFor?: readonly LoopProgram[];
}): Loops {
  const cache = createClusterCache(options);
  const wanted: readonly NamedLoop[] = (options.standInFor ?? programs).flatMap((program) => loops[program]);
  const queues = wanted.map(([component, create]) => {
    const log = options.log.child({ loop: component });
    const recorder = startEventRecorder({ ...options, log, component });
    const ports = { ...options, log, cache, recordEvent: recordEvents(recorder) };
    return startLoop(create(ports), ports);
  });
  return {
    started: cache.start(),
    done: Promise.all([cache.done(), ...queues.map((queue) => queue.done)]).then(() => {}),
  };
}
