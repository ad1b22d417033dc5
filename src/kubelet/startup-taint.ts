import { type BackoffOptions, backoffDelay } from '../async/backoff.ts';
import type { Clock } from '../async/clock.ts';
import { type KubeClient, KubeError } from '../kube/client.ts';
import type { Node } from '../kube/objects.ts';
import { csiNodes, nodes } from '../kube/resources.ts';
import type { Log } from '../telemetry/log.ts';

type Taint = NonNullable<NonNullable<Node['spec']>['taints']>[number];

export interface StartupTaintOptions {
  readonly driver: string;
  readonly nodeName: string;
  /**
   * Resolves once kubelet has taken this very process; absent where another program registers it. A CSINode by itself
   * may be of the time before a reboot: kubelet keeps the object and knows nothing of the driver yet.
   */
  readonly registered?: Promise<unknown> | undefined;
  /** Needs get of CSINodes, get and patch of Nodes. */
  readonly client: Pick<KubeClient, 'get' | 'patch'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly random?: () => number;
}

/** Half a second as upstream's first wait; a node that waits long is asked for twice a minute. */
const retries: BackoffOptions = { initialMs: 500, maxMs: 30_000 };

/**
 * Takes `<driver>/agent-not-ready`, with whatever effect, off the node once kubelet has registered the driver and its
 * CSINode lists it: only then can kubelet mount, and a pod let in earlier would fail. Tries until it has succeeded;
 * rejects only when `signal` is aborted, with its reason.
 */
export async function removeStartupTaint(options: StartupTaintOptions): Promise<void> {
  const { clock, log, signal, random = Math.random } = options;
  await unlessAborted(options.registered, signal);
  for (let attempt = 0; ; attempt++) {
    signal.throwIfAborted();
    try {
      if (await isRegistered(options)) return await removeTaint(options);
      if (attempt === 0)
        log.info({ node: options.nodeName }, 'waiting for kubelet to list the driver in CSINode');
    } catch (error) {
      signal.throwIfAborted();
      log.warn({ err: error, node: options.nodeName }, 'the start-up taint cannot be looked after yet');
    }
    await clock.sleep(backoffDelay(retries, Math.min(attempt, 10), random), signal);
  }
}

/** A refused registration ends the process elsewhere; until then nothing is registered. */
async function unlessAborted(registered: Promise<unknown> | undefined, signal: AbortSignal): Promise<void> {
  if (registered === undefined) return;
  const aborted = new Promise<never>((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  await Promise.race([registered, aborted]);
}

/** CSINode has the node's name and comes into being with the first driver that registers. */
async function isRegistered({ client, nodeName, driver, signal }: StartupTaintOptions): Promise<boolean> {
  try {
    const csiNode = await client.get(csiNodes, { name: nodeName }, signal);
    return (csiNode.spec.drivers ?? []).some(({ name }) => name === driver);
  } catch (error) {
    if (error instanceof KubeError && error.reason === 'NotFound') return false;
    throw error;
  }
}

async function removeTaint({ client, nodeName, driver, log, signal }: StartupTaintOptions): Promise<void> {
  const { spec } = await client.get(nodes, { name: nodeName }, signal);
  const patch = planTaintRemoval(spec?.taints ?? [], `${driver}/agent-not-ready`);
  if (patch === undefined) return;
  await client.patch(nodes, { name: nodeName }, { type: 'json', body: patch }, { signal });
  log.info({ node: nodeName }, 'the driver is registered; removed its start-up taint');
}

/**
 * A JSON patch that removes the taints with `key`, or undefined where there are none. The `test` makes it fail where
 * another client has changed the taints since they were read: a list can only be replaced as a whole.
 */
export function planTaintRemoval(taints: readonly Taint[], key: string): object[] | undefined {
  const others = taints.filter((taint) => taint.key !== key);
  if (others.length === taints.length) return undefined;
  const path = '/spec/taints';
  return [
    { op: 'test', path, value: taints },
    { op: 'replace', path, value: others },
  ];
}
