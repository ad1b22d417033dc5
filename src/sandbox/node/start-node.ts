import { mkdir, readFile, realpath } from 'node:fs/promises';
import type { Clock } from '../../async/clock.ts';
import type { KubeClient } from '../../kube/client.ts';
import { startEventRecorder } from '../../kube/event-recorder.ts';
import { startInformer } from '../../kube/informer.ts';
import type { Pod } from '../../kube/objects.ts';
import { pods } from '../../kube/resources.ts';
import { startWorkQueue } from '../../kube/work-queue.ts';
import type { RunCommand } from '../../mount/command.ts';
import type { Log } from '../../telemetry/log.ts';
import type { NodeRuntime } from '../pod-runtime.ts';
import { recordEvents } from '../record-event.ts';
import { sourceShim } from './container/launch-container.ts';
import { keepAlive, type NodeRegistration, registerNode } from './node-object.ts';
import { createCsiNodeRecord } from './plugins/csi-node.ts';
import { startPluginRegistry } from './plugins/plugin-registry.ts';
import { endPods } from './pods/end-pods.ts';
import { createPodContainers } from './pods/pod-containers.ts';
import { createPodWorker } from './pods/pod-worker.ts';
import { createPodStopper } from './pods/stop-pod.ts';
import { servePods } from './serve-pods.ts';
import { statsSummary } from './stats-summary.ts';
import { kubeletPaths } from './volumes/kubelet-paths.ts';
import { createVolumeManager } from './volumes/volume-manager.ts';
import { pollVolumeStats } from './volumes/volume-stats.ts';

export interface NodeOptions {
  readonly client: KubeClient;
  readonly nodeName: string;
  readonly registration?: NodeRegistration;
  /** What /var/lib/kubelet is to a kubelet: pods, plugins_registry. */
  readonly rootDir: string;
  readonly logDir: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly run: RunCommand;
  /** Program and first arguments that run a container's shim (`runContainerShim`); the sources' own where absent. */
  readonly shim?: readonly string[];
}

export interface RunningNode extends NodeRuntime {
  /** Resolves after the signal's abort, when nothing of the node runs in this process; its pods go on. */
  readonly done: Promise<void>;
  /** Stops the node and ends its pods' containers. The next node starts them again. */
  close(): Promise<void>;
}

/** kubelet's pace for a pod whose volumes do not come. */
const backoff = { firstMs: 500, mostMs: 122_000 };
const PODS_AT_ONCE = 32;

/**
 * A kubelet stand-in: registers the node and the CSI plugins that show up under `rootDir`, mounts and runs the pods that are
 * assigned to it, and adopts or removes what an earlier one left. Pods outlive a killed node.
 */
export async function startNode(options: NodeOptions): Promise<RunningNode> {
  const { client, nodeName, clock, run } = options;
  const log = options.log.child({ node: nodeName });
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  await mkdir(kubeletPaths(options.rootDir).pods, { recursive: true, mode: 0o700 });
  const paths = kubeletPaths(await realpath(options.rootDir));
  const canChangeUser = await mapsAllUsers();

  const node = await registerNode(client, nodeName, clock.now(), options.registration);
  const alive = keepAlive(client, node, { clock, log, signal });
  const csiNode = createCsiNodeRecord(client, nodeName, clock);
  let onPluginReady = () => {};
  const registry = await startPluginRegistry({
    directory: paths.pluginsRegistry,
    onRegister: csiNode.add,
    onUnregister: csiNode.remove,
    // Pods may have waited for it.
    onReady: () => onPluginReady(),
    clock,
    log,
    signal,
  });

  const recorder = startEventRecorder({ client, component: 'kubelet', host: nodeName, clock, log, signal });
  const containers = createPodContainers({
    paths,
    logDir: options.logDir,
    shim: options.shim ?? sourceShim,
    clock,
  });
  const volumes = createVolumeManager({ paths, nodeName, plugin: registry.plugin, signal, client, run });
  const known = new Map<string, Pod>();
  const worker = createPodWorker({
    client,
    containers,
    volumes,
    paths,
    recordEvent: recordEvents(recorder),
    clock,
    log,
    canChangeUser,
    stopper: createPodStopper({ containers, volumes, paths, clock }),
    podOf: (uid) => known.get(uid),
    look: (uid) => queue.addNow(uid),
  });
  const queue = startWorkQueue({
    name: 'pods',
    concurrency: PODS_AT_ONCE,
    reconcile: worker.reconcile,
    backoff,
    clock,
    log,
    signal,
  });

  // The daemons of a cluster's own would run on this machine as processes, and are not for it.
  const isForeign = (pod: Pod) => options.registration?.guest === true && isDaemonPod(pod);
  const isOurs = (pod: Pod) => pod.spec.nodeName === nodeName && !isForeign(pod);
  const learn = (pod: Pod) => {
    const { uid = '' } = pod.metadata;
    if (!isOurs(pod)) return;
    known.set(uid, pod);
    queue.addNow(uid);
  };
  const informer = startInformer<Pod>({
    client,
    resource: pods,
    project: (pod) => pod,
    handlers: {
      add: learn,
      update: (pod, before) => {
        // One of the same name that came so soon that its predecessor's end was not seen.
        if (before.metadata.uid !== pod.metadata.uid) forget(before);
        learn(pod);
      },
      delete: (pod) => forget(pod),
    },
    random: Math.random,
    clock,
    log,
    signal,
  });
  const forget = ({ metadata: { uid = '' } }: Pod) => {
    if (known.delete(uid)) queue.addNow(uid);
  };

  onPluginReady = () => {
    for (const uid of known.keys()) queue.addNow(uid);
  };
  await informer.synced;
  for (const uid of await worker.onDisk()) queue.addNow(uid);

  const runtime = servePods({
    findPod: (namespace, name) => {
      const pod = informer.get({ namespace, name });
      return pod !== undefined && isOurs(pod) ? pod : undefined;
    },
    containers,
    client,
    canChangeUser,
    clock,
  });
  const polled = pollVolumeStats({
    volumes: () => [...known.keys()].flatMap(volumes.standing),
    plugin: registry.plugin,
    clock,
    log,
    signal,
  });
  const done = Promise.all([registry.done, informer.done, queue.done, polled.done, alive]).then(() => {});
  return {
    ...runtime,
    stats: () => statsSummary(nodeName, known.values(), volumes.standing, polled.latest),
    done,
    async close() {
      stop.abort(new Error('the node is closed'));
      await done;
      await endPods(options.rootDir, clock);
    },
  };
}

function isDaemonPod({ metadata }: Pod): boolean {
  return metadata.ownerReferences?.some(({ kind }) => kind === 'DaemonSet') ?? false;
}

/** True outside user namespaces and in those that have more than one user. */
async function mapsAllUsers(): Promise<boolean> {
  const [first = ''] = (await readFile('/proc/self/uid_map', 'utf8')).split('\n');
  return Number(first.trim().split(/\s+/)[2]) > 1;
}
