import { openControlPlane } from '../../conformance/control-plane/open-control-plane.ts';
import { systemClock } from '../../src/async/clock.ts';
import type { KubeClient } from '../../src/kube/client.ts';
import type { KubeObject } from '../../src/kube/objects.ts';
import { openKubeClient } from '../../src/kube/open-kube-client.ts';
import type { Resource } from '../../src/kube/resources.ts';
import type { ControlPlane } from '../../src/sandbox/control-plane/start-control-plane.ts';
import type { Supervised } from '../../src/sandbox/processes/supervisor.ts';
import { type ProcessUsage, usageOf } from '../process-usage.ts';
import { type AuditEntry, followAudit, writesOf } from './audit-writes.ts';
import { bindClaims, createStaticClass } from './claims.ts';
import type { Contestant, Ground } from './contestants.ts';

export interface RoundOptions {
  readonly contestant: Contestant;
  /** Makes the class of the claims; the static one where absent. */
  readonly createClass?: (client: KubeClient, name: string) => Promise<void>;
  readonly claims: number;
  /** How long events may trickle out after the last claim is Bound. */
  readonly settleSeconds: number;
  readonly bundle: string;
  readonly compileCache: string;
}

export interface Measured {
  readonly claimsPerSecond: number;
  /** From the first post: until half of the claims, and all of them, were Bound. */
  readonly halfBoundSeconds: number;
  readonly allBoundSeconds: number;
  /** Per volume, by resource, by the provisioner; and by kube-controller-manager's binder. */
  readonly writesPerVolume: Readonly<Record<string, number>>;
  readonly binderWritesPerVolume: number;
  /** False where its events were not all out after the settle time: then some writes are missing here. */
  readonly settled: boolean;
  readonly before: ProcessUsage;
  readonly after: ProcessUsage;
  readonly cpuMsPerVolume: number;
}

const binder = 'system:serviceaccount:kube-system:persistent-volume-binder';
const storageClass = 'measured';
const IDLE_MS = 2000;
/** Without a write of the contestant for so long, it has no more to say. */
const QUIET_MS = 5000;

/** One contestant on a control plane of its own, so that no round finds another's objects and caches. */
export async function measureRound(options: RoundOptions): Promise<Measured> {
  const { contestant } = options;
  const cleanups: (() => Promise<void>)[] = [];
  try {
    // Not of system:masters: the API server's priority and fairness exempts those.
    const users = [{ name: contestant.user, groups: ['system:authenticated'] }];
    const t = { after: (done: () => Promise<void>) => void cleanups.push(done) };
    const cluster = await openControlPlane(t, { users, audit: true });
    const client = openKubeClient(cluster.configOf());
    await grantEverything(client, contestant.user);
    const ground: Ground = { ...options, cluster };
    const processes = await contestant.start(ground);
    cleanups.push(async () => {
      await Promise.all(processes.map((process) => process.stop()));
    });
    return await measure(options, { cluster, client, processes });
  } finally {
    for (const cleanup of cleanups.reverse()) await cleanup();
  }
}

async function measure(
  { contestant, claims, settleSeconds, createClass = createStaticClass }: RoundOptions,
  {
    cluster,
    client,
    processes,
  }: {
    readonly cluster: ControlPlane;
    readonly client: KubeClient;
    readonly processes: readonly Supervised[];
  },
): Promise<Measured> {
  await createClass(client, storageClass);
  // Once this one is Bound, everybody is ready.
  await bindClaims(client, { namespace: 'first', storageClass, count: 1 });
  await systemClock.sleep(IDLE_MS);
  const pids = () => processes.map((process) => process.current()?.pid ?? 0);
  const audit = followAudit(cluster.auditLog);
  await audit.read();
  const [pidsBefore, before] = [pids(), await usageOf(pids())];

  const bound = await bindClaims(client, { namespace: 'measured', storageClass, count: claims });
  const { entries, settled } = await settle(audit, contestant.user, settleSeconds);
  if (String(pids()) !== String(pidsBefore)) throw new Error(`${contestant.name}: a process ended meanwhile`);
  const after = await usageOf(pids());

  const perVolume = (user: string) =>
    Object.fromEntries(
      Object.entries(writesOf(user, entries)).map(([resource, count]) => [resource, count / claims]),
    );
  const allBoundSeconds = bound.at(-1) ?? 0;
  return {
    claimsPerSecond: claims / allBoundSeconds,
    halfBoundSeconds: bound[Math.floor(claims / 2)] ?? 0,
    allBoundSeconds,
    writesPerVolume: perVolume(contestant.user),
    binderWritesPerVolume: Object.values(perVolume(binder)).reduce((sum, count) => sum + count, 0),
    settled,
    before,
    after,
    cpuMsPerVolume: (after.cpuMs - before.cpuMs) / claims,
  };
}

/** Everything that was written until the contestant has been quiet for a while. */
async function settle(
  audit: ReturnType<typeof followAudit>,
  user: string,
  settleSeconds: number,
): Promise<{ readonly entries: readonly AuditEntry[]; readonly settled: boolean }> {
  const entries: AuditEntry[] = [];
  const giveUp = systemClock.now() + settleSeconds * 1000;
  let quietSince = systemClock.now();
  while (systemClock.now() < giveUp) {
    const more = await audit.read();
    entries.push(...more);
    if (Object.keys(writesOf(user, more)).length > 0) quietSince = systemClock.now();
    if (systemClock.now() - quietSince >= QUIET_MS) return { entries, settled: true };
    await systemClock.sleep(500);
  }
  return { entries, settled: false };
}

async function grantEverything(client: KubeClient, user: string): Promise<void> {
  const apiGroup = 'rbac.authorization.k8s.io';
  const bindings: Resource = {
    group: apiGroup,
    version: 'v1',
    namespaced: false,
    plural: 'clusterrolebindings',
    kind: 'ClusterRoleBinding',
  };
  await client.create<KubeObject>(bindings, {
    metadata: { name: user },
    roleRef: { apiGroup, kind: 'ClusterRole', name: 'cluster-admin' },
    subjects: [{ apiGroup, kind: 'User', name: user }],
  });
}
