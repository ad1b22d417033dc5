import type { KubeObject, Node, PersistentVolumeClaim, Pod } from '../../kube/objects.ts';
import { nodes, persistentVolumeClaims, pods, type Resource, storageClasses } from '../../kube/resources.ts';
import { BIND_COMPLETED } from './bind-claims.ts';
import { getIfThere, keyOf, type Loop, type LoopPorts, nameOf, on } from './loop.ts';
import { classOf } from './match-volume.ts';

const SELECTED_NODE = 'volume.kubernetes.io/selected-node';

/** What stands between a pod and its node: a word that ends, or claims that wait for the node to be named. */
export type Placement =
  | { readonly type: 'node'; readonly node: string }
  | { readonly type: 'select-node'; readonly node: string; readonly claims: readonly PersistentVolumeClaim[] }
  | { readonly type: 'unschedulable'; readonly message: string };

/** Gives pods their node, once the claims they name are bound; what kube-scheduler does where there is room for everything. */
export function schedulePods(ports: LoopPorts): Loop {
  const { cache, client, recordEvent } = ports;
  const waiting = (namespace?: string) =>
    cache.list(pods, namespace).filter((pod) => pod.spec.nodeName === undefined);
  return {
    name: 'schedule-pods',
    triggers: [
      on(pods, (pod) => (pod.spec.nodeName === undefined ? [keyOf(pod)] : [])),
      on(persistentVolumeClaims, (claim) => waiting(claim.metadata.namespace).map(keyOf)),
      on(nodes, () => waiting().map(keyOf)),
    ],
    async reconcile(key) {
      const pod = await getIfThere(client, pods, nameOf(key));
      if (
        pod === undefined ||
        pod.spec.nodeName !== undefined ||
        pod.metadata.deletionTimestamp !== undefined
      )
        return undefined;
      const placement = place(pod, cache.list(nodes), await claimsOf(pod));
      if (placement.type === 'node') return assign(pod, placement.node);
      if (placement.type === 'select-node') return selectNode(placement.node, placement.claims);
      recordEvent(pods, pod, { type: 'Warning', reason: 'FailedScheduling', message: placement.message });
      await setUnschedulable(pod, placement.message);
      return undefined;
    },
  };

  /** Read from the server: a claim made a moment before its pod would otherwise be reported missing. */
  async function claimsOf(pod: Pod): Promise<ReadonlyMap<string, ClaimState | undefined>> {
    const states = new Map<string, ClaimState | undefined>();
    for (const name of claimNames(pod)) {
      const namespace = pod.metadata.namespace ?? '';
      const claim = await getIfThere(client, persistentVolumeClaims, { namespace, name });
      const className = claim && classOf(claim);
      const storageClass = className
        ? await getIfThere(client, storageClasses, { name: className })
        : undefined;
      const delayed = storageClass?.volumeBindingMode === 'WaitForFirstConsumer';
      states.set(name, claim && { claim, delayed });
    }
    return states;
  }

  async function assign(pod: Pod, node: string): Promise<undefined> {
    const { namespace = '', name = '' } = pod.metadata;
    const binding = {
      apiVersion: 'v1',
      kind: 'Binding',
      metadata: { namespace, name },
      target: { apiVersion: 'v1', kind: 'Node', name: node },
    };
    await client.create(pods as Resource<KubeObject>, binding, { subresource: 'binding' });
    const message = `Successfully assigned ${keyOf(pod)} to ${node}`;
    recordEvent(pods, pod, { type: 'Normal', reason: 'Scheduled', message });
  }

  async function selectNode(node: string, claims: readonly PersistentVolumeClaim[]): Promise<undefined> {
    for (const claim of claims) {
      const annotations = { [SELECTED_NODE]: node };
      const { resourceVersion } = claim.metadata;
      await client.patch(persistentVolumeClaims, nameOf(keyOf(claim)), {
        type: 'merge',
        body: { metadata: { resourceVersion, annotations } },
      });
    }
  }

  async function setUnschedulable(pod: Pod, message: string): Promise<void> {
    const known = (pod.status?.conditions ?? []) as { type: string; status: string; message?: string }[];
    if (known.some((one) => one.type === 'PodScheduled' && one.message === message)) return;
    const condition = {
      type: 'PodScheduled',
      status: 'False',
      lastProbeTime: null,
      lastTransitionTime: new Date(ports.clock.now()).toISOString().replace(/\.\d+Z$/, 'Z'),
      reason: 'Unschedulable',
      message,
    };
    const conditions = [...known.filter(({ type }) => type !== 'PodScheduled'), condition];
    const body = { status: { phase: 'Pending', conditions } };
    await client.patch(pods, nameOf(keyOf(pod)), { type: 'merge', body }, { subresource: 'status' });
  }
}

export interface ClaimState {
  readonly claim: PersistentVolumeClaim;
  /** Its class waits for a pod before it binds. */
  readonly delayed: boolean;
}

/** Pure. `claims` holds what each claim name of the pod stands for now. */
export function place(
  pod: Pod,
  candidates: readonly Node[],
  claims: ReadonlyMap<string, ClaimState | undefined>,
): Placement {
  const refuse = (reason: string): Placement => ({
    type: 'unschedulable',
    message: `0/${candidates.length} nodes are available: ${reason}. preemption: 0/${candidates.length} nodes are available: ${candidates.length} Preemption is not helpful for scheduling.`,
  });
  if (candidates.length === 0)
    return { type: 'unschedulable', message: 'no nodes available to schedule pods' };
  const undecided: PersistentVolumeClaim[] = [];
  for (const [name, state] of claims) {
    if (state === undefined) return refuse(`persistentvolumeclaim "${name}" not found`);
    const { claim, delayed } = state;
    if (claim.metadata.deletionTimestamp !== undefined)
      return refuse(`persistentvolumeclaim "${name}" is being deleted`);
    if (claim.status?.phase === 'Lost')
      return refuse(
        `persistentvolumeclaim "${name}" bound to non-existent persistentvolume "${claim.spec.volumeName}"`,
      );
    if (claim.metadata.annotations?.[BIND_COMPLETED] !== undefined) continue;
    if (!delayed) return refuse('pod has unbound immediate PersistentVolumeClaims');
    undecided.push(claim);
  }
  const unfit = candidates.map((node) => unfitness(pod, node));
  const fit = candidates[unfit.indexOf(undefined)];
  if (fit === undefined) return refuse(countReasons(unfit));
  const node = fit.metadata.name ?? '';
  const toSelect = undecided.filter((claim) => claim.metadata.annotations?.[SELECTED_NODE] === undefined);
  if (toSelect.length > 0) return { type: 'select-node', node, claims: toSelect };
  if (undecided.length > 0) return refuse('pod has unbound immediate PersistentVolumeClaims');
  return { type: 'node', node };
}

/** An ephemeral volume's claim has a name made of the pod's and the volume's. */
function claimNames(pod: Pod): readonly string[] {
  return (pod.spec.volumes ?? []).flatMap(({ name, persistentVolumeClaim, ephemeral }) => {
    if (ephemeral !== undefined) return [`${pod.metadata.name}-${name}`];
    return persistentVolumeClaim === undefined ? [] : [persistentVolumeClaim.claimName];
  });
}

function unfitness(pod: Pod, node: Node): string | undefined {
  if (node.spec?.unschedulable) return 'node(s) were unschedulable';
  const labels = node.metadata.labels ?? {};
  const selected = Object.entries(pod.spec.nodeSelector ?? {}).every(([key, value]) => labels[key] === value);
  if (!selected) return "node(s) didn't match Pod's node affinity/selector";
  const tolerations = (pod.spec.tolerations ?? []) as Toleration[];
  const taint = (node.spec?.taints ?? []).find(
    (one) =>
      one.effect !== 'PreferNoSchedule' && !tolerations.some((toleration) => tolerates(toleration, one)),
  );
  return taint && `node(s) had untolerated taint {${taint.key}: ${taint.value ?? ''}}`;
}

interface Toleration {
  readonly key?: string;
  readonly operator?: string;
  readonly value?: string;
  readonly effect?: string;
}

function tolerates(toleration: Toleration, taint: { key: string; value?: string; effect: string }): boolean {
  if (toleration.effect && toleration.effect !== taint.effect) return false;
  if (!toleration.key) return toleration.operator === 'Exists';
  if (toleration.key !== taint.key) return false;
  return toleration.operator === 'Exists' || (toleration.value ?? '') === (taint.value ?? '');
}

function countReasons(reasons: readonly (string | undefined)[]): string {
  const counts = new Map<string, number>();
  for (const reason of reasons) if (reason !== undefined) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [...counts].map(([reason, count]) => `${count} ${reason}`).join(', ');
}
