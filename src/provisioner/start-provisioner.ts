import type { Clock } from '../async/clock.ts';
import { ControllerServiceCapability_RPC_Type as Capability } from '../csi/gen/csi.ts';
import type { ControllerService } from '../csi/service.ts';
import type { KubeClient } from '../kube/client.ts';
import { startEventRecorder } from '../kube/event-recorder.ts';
import { type Leadership, runAsLeader } from '../kube/leader-election.ts';
import { leaseName } from '../kube/lease-name.ts';
import { startWorkQueue } from '../kube/work-queue.ts';
import type { Log } from '../telemetry/log.ts';
import { type Metrics, noMetrics } from '../telemetry/metrics.ts';
import { claimKey, className, startClusterView } from './cluster-view.ts';
import { createVolumeReconciler } from './delete.ts';
import { objectEvents } from './object-events.ts';
import { type FindMade, reportOrphans } from './orphans.ts';
import { createProgressEvents } from './progress-events.ts';
import type { ProgressRelay } from './progress-relay.ts';
import { createClaimReconciler } from './provision.ts';
import type { ProvisionerContext } from './provisioner-context.ts';
import { createProvisioningMetrics } from './provisioning-metrics.ts';
import type { FindUser } from './refuse-shared.ts';
import { createResizeReconciler } from './resize.ts';
import { wantsResize } from './resize-plan.ts';
import { createVolumeHealth, type FindConditions } from './volume-health.ts';

export interface ProvisionerOptions {
  readonly client: KubeClient;
  readonly controller: ControllerService;
  readonly driverName: string;
  /** Who this process is: the pod's name, or the host's. */
  readonly identity: string;
  /** Absent: this process is the only one, as in the sandbox. */
  readonly leaderElection?: {
    /** A client of its own, see `runAsLeader`. */
    readonly client: KubeClient;
    readonly namespace: string;
    /**
     * Where no two processes ever run under one name at the same time, as under a pod's, that name: a process started
     * again then goes on at once. Absent: a name of this process alone, and the lease of a killed one has to expire.
     */
    readonly holder?: string;
  };
  /** Told when this process begins to be the one that makes volumes, and with undefined when it ends to be. */
  readonly onLeadership?: (leadership: Leadership | undefined) => void;
  /** The relay whose sink the service reports to. */
  readonly progress?: ProgressRelay;
  /** Default 10 000; see `createProgressEvents`. */
  readonly progressIntervalMs?: number;
  /** Absent where the driver cannot list what it made; see `reportOrphans`. */
  readonly made?: FindMade;
  /** Absent where the driver cannot tell how its volumes are; see `createVolumeHealth`. */
  readonly conditions?: FindConditions;
  /** Absent where no volume of the driver lies in another; see `refuseShared`. */
  readonly usedBy?: FindUser;
  /** Between two looks at the condition of volumes; default 300 000, external-health-monitor's. */
  readonly healthIntervalMs?: number;
  /** Labels of nodes by which the driver decides where a volume is made; default none. */
  readonly topologyKeys?: readonly string[];
  /** Why the driver has no snapshots, for a person. */
  readonly noSnapshots?: string;
  /** Volumes made at the same time, and deleted; default 100, external-provisioner's. */
  readonly concurrency?: number;
  /**
   * Deadline of one CSI call; default 30 minutes. CreateVolume waits to its end, which for some clouds is a quarter of
   * an hour, so this is no limit to the work but to a call that hangs. The next call finds what was begun.
   */
  readonly rpcTimeoutMs?: number;
  /** Default: nothing is measured. */
  readonly metrics?: Metrics;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  readonly signal: AbortSignal;
}

const resizeConcurrency = 10;

/**
 * Serves the claims of one driver until the signal aborts: makes, deletes and grows volumes. It takes the leases of
 * external-provisioner and external-resizer, so that neither a second replica nor a standard sidecar works beside it.
 *
 * @throws LeadershipLostError when another may work already; the process should end and be started again. CsiError when
 * the driver does not tell its capabilities.
 */
export async function startProvisioner(options: ProvisionerOptions): Promise<void> {
  const { clock, random, signal } = options;
  const stop = new AbortController();
  const onAbort = () => stop.abort(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();

  const eventsStop = new AbortController();
  const instance = Math.floor(random() * 2 ** 48).toString(16);
  const recorder = startEventRecorder({
    ...options,
    component: `${options.driverName}_${options.identity}_${instance}`,
    signal: eventsStop.signal,
  });
  try {
    const context = await createContext(options, recorder, stop.signal);
    const roles = [
      lead(options, instance, '', stop.signal, async (leading, leadership) => {
        options.onLeadership?.(leadership);
        await provision(context, options, leading).finally(() => options.onLeadership?.(undefined));
      }),
      lead(options, instance, 'external-resizer-', stop.signal, (leading) => resize(context, leading)),
    ];
    await Promise.all(roles).finally(async () => {
      stop.abort();
      await Promise.allSettled([...roles, context.view.done]);
    });
  } finally {
    stop.abort();
    signal.removeEventListener('abort', onAbort);
    const patience = new AbortController();
    await Promise.race([recorder.flush(), clock.sleep(2000, patience.signal).catch(() => {})]);
    patience.abort();
    eventsStop.abort();
  }
}

async function createContext(
  options: ProvisionerOptions,
  recorder: ReturnType<typeof startEventRecorder>,
  signal: AbortSignal,
): Promise<ProvisionerContext> {
  const { clock, random, driverName, controller, rpcTimeoutMs = 1_800_000 } = options;
  const { capabilities } = await controller.controllerGetCapabilities(
    {},
    { signal, deadline: clock.now() + 60_000 },
  );
  const progress = createProgressEvents({
    recorder,
    clock,
    ...(options.progressIntervalMs !== undefined && { intervalMs: options.progressIntervalMs }),
  });
  options.progress?.connect(progress.sink, signal);
  const context: ProvisionerContext = {
    ...options,
    rpcTimeoutMs,
    topologyKeys: options.topologyKeys ?? [],
    progress,
    events: objectEvents(recorder),
    metrics: createProvisioningMetrics(options.metrics ?? noMetrics, clock),
    view: startClusterView({ ...options, signal }),
    identity: `${clock.now()}-${Math.floor(random() * 10_000)}-${driverName}`,
    singleNodeMultiWriter: capabilities.some(
      ({ type }) => type?.rpc.type === Capability.SINGLE_NODE_MULTI_WRITER,
    ),
  };
  const { conditions: find, healthIntervalMs = 300_000, progressIntervalMs = 10_000 } = options;
  if (find === undefined) return context;
  const times = {
    intervalMs: healthIntervalMs,
    busyIntervalMs: Math.min(healthIntervalMs, progressIntervalMs),
  };
  return { ...context, health: createVolumeHealth(context, { find, ...times }) };
}

async function lead(
  options: ProvisionerOptions,
  instance: string,
  leasePrefix: string,
  signal: AbortSignal,
  work: (signal: AbortSignal, leadership: Leadership) => Promise<void>,
): Promise<void> {
  if (options.leaderElection === undefined)
    return await work(signal, { since: options.clock.now(), afterAnother: false });
  await runAsLeader({
    ...options,
    ...options.leaderElection,
    name: leaseName(options.driverName, leasePrefix),
    identity: options.leaderElection.holder ?? `${options.identity}_${instance}`,
    signal,
    lead: work,
  });
}

async function provision(
  context: ProvisionerContext,
  { concurrency = 100, made }: ProvisionerOptions,
  signal: AbortSignal,
): Promise<void> {
  const { view } = context;
  const reconciler = createClaimReconciler(context);
  const claims = startWorkQueue({
    ...context,
    name: 'claims',
    concurrency,
    reconcile: reconciler.reconcile,
    signal,
  });
  const volumes = startWorkQueue({
    ...context,
    name: 'volumes',
    concurrency,
    reconcile: createVolumeReconciler(context),
    signal,
  });
  if (!(await synced(view.synced, signal))) return;
  view.follow(
    {
      claim: (claim) => claims.add(claimKey(claim)),
      volume: ({ metadata: { name = '' } }) => {
        reconciler.volumeSeen(name);
        volumes.add(name);
      },
      // A class that was missing or wrong has been made anew.
      storageClass: ({ metadata }) => {
        for (const claim of view.claims.values())
          if (!claim.spec.volumeName && className(claim) === metadata.name) claims.addNow(claimKey(claim));
      },
    },
    signal,
  );
  const orphans = made && reportOrphans(context, made, reconciler.isUnfinished, signal);
  await Promise.all([claims.done, volumes.done, orphans, context.health?.run(signal)]);
}

async function resize(context: ProvisionerContext, signal: AbortSignal): Promise<void> {
  const { view } = context;
  const reconciler = createResizeReconciler(context);
  const queue = startWorkQueue({
    ...context,
    name: 'resizes',
    concurrency: resizeConcurrency,
    reconcile: reconciler.reconcile,
    signal,
  });
  if (!(await synced(view.synced, signal))) return;
  view.follow(
    {
      claim: (claim) => {
        if (!wantsResize(claim)) return;
        if (reconciler.isNewRequest(claim)) queue.addNow(claimKey(claim));
        else queue.add(claimKey(claim));
      },
    },
    signal,
  );
  await queue.done;
}

/** Whether all has been read; false when the signal came first. */
async function synced(view: Promise<unknown>, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return false;
  const aborted = new Promise<void>((resolve) =>
    signal.addEventListener('abort', () => resolve(), { once: true }),
  );
  await Promise.race([view, aborted]).catch(() => {});
  return !signal.aborted;
}
