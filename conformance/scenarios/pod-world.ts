import type { KubeObject, Pod } from '../../src/kube/objects.ts';
import { pods, type Resource, serviceAccounts, statefulSets } from '../../src/kube/resources.ts';
import { eventually, type Kubectl } from '../testing/kubectl.ts';
import { fresh, type Handled, type ProvisioningWorld, steps } from './provisioning-world.ts';

/** A cluster with a node on which Berth's node plugin mounts, be it kubelet's or the stand-in's. */
export interface PodWorld extends ProvisioningWorld {
  readonly kubectl: Kubectl;
  /** One whose containers have sh, cat, df and sleep; the stand-in takes any. */
  readonly image: string;
  /** kill -9 of what runs the pods, and its start; resolves when the node is Ready again. Pods go on meanwhile. */
  restartKubelet(): Promise<void>;
  /** kill -9 of the node plugin; resolves when its successor is registered. */
  restartNodePlugin(): Promise<void>;
}

export interface PodChanges {
  /** Of the pod's only volume. */
  readonly readOnly?: boolean;
  readonly command?: string;
}

/** Where every pod of the scenarios has its claim. */
export const MOUNT = '/data';
/** A shell that is process 1 ends at SIGTERM only if it says so. */
const WAIT = "trap 'exit 0' TERM; sleep 3600 & wait";
const READY_MS = 60_000;

/** Steps of the scenarios with pods, beside those of provisioning. */
export function podSteps(world: () => PodWorld) {
  const claims = steps(world);
  const client = () => world().client;
  const find = (pod: Handled) =>
    client()
      .get(pods, pod)
      .catch((error: { readonly reason?: string }) => {
        if (error.reason !== 'NotFound') throw error;
        return undefined;
      });
  const inNamespace = ({ namespace }: Handled) => ['-n', namespace];
  return {
    ...claims,
    /** With the service account that a pod needs. */
    async namespace(): Promise<string> {
      const namespace = await claims.namespace();
      const accounts = async () => (await client().list(serviceAccounts, { namespace })).items;
      await eventually(accounts, ({ length }) => length > 0);
      return namespace;
    },
    /** A class of the file system that was there before: its claims are Bound at once. */
    staticClass: (changes: Parameters<typeof claims.storageClass>[0] = {}) =>
      claims.storageClass({
        parameters: { 'fs-name': 'lustrefs', 'mgs-ip-address': world().mgsAddress },
        ...changes,
      }),
    async pod(claim: Handled, changes: PodChanges = {}): Promise<Handled> {
      const pod = { namespace: claim.namespace, name: fresh('pod') };
      await client().create<Pod>(pods, { metadata: pod, spec: podSpec(world().image, claim.name, changes) });
      return pod;
    },
    async statefulSet(namespace: string, storageClassName: string, replicas: number): Promise<Handled> {
      const set = { namespace, name: fresh('set') };
      const labels = { app: set.name };
      await client().create<KubeObject>(
        statefulSets as Resource,
        {
          metadata: set,
          spec: {
            replicas,
            serviceName: set.name,
            selector: { matchLabels: labels },
            template: { metadata: { labels }, spec: podSpec(world().image, undefined, {}) },
            volumeClaimTemplates: [
              {
                metadata: { name: 'data' },
                spec: {
                  accessModes: ['ReadWriteMany'],
                  storageClassName,
                  resources: { requests: { storage: '48Ti' } },
                },
              },
            ],
          },
        } as KubeObject,
      );
      return set;
    },
    async scale(set: Handled, replicas: number): Promise<void> {
      await client().patch(statefulSets, set, { type: 'merge', body: { spec: { replicas } } });
    },
    findPod: find,
    ready: (pod: Handled) =>
      eventually(
        () => find(pod),
        (found) => conditionOf(found, 'Ready') === 'True',
        READY_MS,
      ),
    async end(pod: Handled): Promise<void> {
      await client().delete(pods, pod, { gracePeriodSeconds: 1 });
      await eventually(
        () => find(pod),
        (found) => found === undefined,
      );
    },
    podGone: (pod: Handled) =>
      eventually(
        () => find(pod),
        (found) => found === undefined,
      ),
    /** Runs a line of shell in the pod and returns what it prints; fails where it does. */
    run: (pod: Handled, line: string) =>
      world().kubectl('exec', ...inNamespace(pod), pod.name, '--', 'sh', '-c', line),
    tried: (pod: Handled, line: string) =>
      world().kubectl.tried('exec', ...inNamespace(pod), pod.name, '--', 'sh', '-c', line),
    logs: (pod: Handled) => world().kubectl('logs', ...inNamespace(pod), pod.name),
  };
}

export type PodSteps = ReturnType<typeof podSteps>;

export function restartsOf(pod: Pod | undefined): number {
  const [only] = (pod?.status?.containerStatuses ?? []) as { readonly restartCount?: number }[];
  return only?.restartCount ?? 0;
}

function conditionOf(pod: Pod | undefined, wanted: string): string | undefined {
  const conditions = (pod?.status?.conditions ?? []) as { readonly type: string; readonly status: string }[];
  return conditions.find(({ type }) => type === wanted)?.status;
}

/** Without a claim the volume `data` is a template's. */
function podSpec(image: string, claimName: string | undefined, changes: PodChanges): Pod['spec'] {
  const { readOnly = false, command } = changes;
  return {
    terminationGracePeriodSeconds: 1,
    containers: [
      {
        name: 'main',
        image,
        command: ['sh', '-c', command === undefined ? WAIT : `${command}\n${WAIT}`],
        volumeMounts: [{ name: 'data', mountPath: MOUNT }],
      },
    ],
    ...(claimName !== undefined && {
      volumes: [{ name: 'data', persistentVolumeClaim: { claimName, readOnly } }],
    }),
  };
}
