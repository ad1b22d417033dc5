import { readFile } from 'node:fs/promises';
import { cpus, freemem, hostname, release, totalmem } from 'node:os';
import type { Clock } from '../../async/clock.ts';
import { type KubeClient, KubeError } from '../../kube/client.ts';
import type { Lease, Node } from '../../kube/objects.ts';
import { leases, nodes } from '../../kube/resources.ts';
import type { Log } from '../../telemetry/log.ts';
import { NODE_ADDRESS } from './volumes/plan-pod-volume.ts';

const LEASE_NAMESPACE = 'kube-node-lease';
const LEASE_SECONDS = 40;
const RENEW_MS = 10_000;
/** The Kubernetes whose kubelet this stands in for. */
const KUBELET_VERSION = 'v1.36.0';
const MAX_PODS = '110';
const GUEST_TAINT = { key: 'berth-sandbox/node', effect: 'NoSchedule' };

/** How a node stands in its cluster, beyond its name. */
export interface NodeRegistration {
  /** Where the API server reaches it; default loopback. */
  readonly address?: string;
  /** Of its kubelet API; absent where the API server does not call it. */
  readonly kubeletPort?: number;
  readonly annotations?: Readonly<Record<string, string>>;
  /**
   * Whether it joins a cluster that has nodes of its own: then only pods that ask for it come here. The taint keeps the
   * others away, and the missing label kubernetes.io/os the DaemonSets that bear every taint.
   */
  readonly guest?: boolean;
}

/** Makes the node known and Ready. Again on a node that exists it only brings labels and status up to date. */
export async function registerNode(
  client: KubeClient,
  name: string,
  now: number,
  registration: NodeRegistration = {},
): Promise<Node> {
  const { annotations = {}, guest = false } = registration;
  const labels = {
    'kubernetes.io/hostname': name,
    ...(guest ? {} : { 'kubernetes.io/os': 'linux' }),
    'kubernetes.io/arch': process.arch === 'x64' ? 'amd64' : process.arch,
    // The DaemonSets of the Lustre driver choose their nodes by it.
    'kubernetes.azure.com/os-sku-effective': 'Ubuntu2404',
  };
  const object: Node = {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels, annotations },
    spec: guest ? { taints: [GUEST_TAINT] } : {},
  };
  try {
    await client.create(nodes, object);
  } catch (error) {
    if (!(error instanceof KubeError && error.reason === 'AlreadyExists')) throw error;
    await client.patch(nodes, { name }, { type: 'merge', body: { metadata: { labels } } });
  }
  const status = await nodeStatus(name, now, registration);
  return client.patch(nodes, { name }, { type: 'merge', body: { status } }, { subresource: 'status' });
}

async function nodeStatus(
  name: string,
  now: number,
  { address = NODE_ADDRESS, kubeletPort }: NodeRegistration,
): Promise<object> {
  const time = new Date(now).toISOString().replace(/\.\d+Z$/, 'Z');
  const condition = (type: string, status: string, reason: string, message: string) => ({
    type,
    status,
    reason,
    message,
    lastHeartbeatTime: time,
    lastTransitionTime: time,
  });
  const resources = { cpu: `${cpus().length}`, memory: `${Math.floor(totalmem() / 1024)}Ki`, pods: MAX_PODS };
  return {
    addresses: [
      { type: 'InternalIP', address },
      { type: 'Hostname', address: name },
    ],
    ...(kubeletPort !== undefined && {
      daemonEndpoints: { kubeletEndpoint: { Port: kubeletPort } },
      // Then kube-apiserver 1.36 hands a command's WebSocket on as it is.
      declaredFeatures: ['ExtendWebSocketsToKubelet'],
    }),
    capacity: resources,
    allocatable: { ...resources, memory: `${Math.floor(Math.min(freemem(), totalmem()) / 1024)}Ki` },
    conditions: [
      condition(
        'MemoryPressure',
        'False',
        'KubeletHasSufficientMemory',
        'kubelet has sufficient memory available',
      ),
      condition('DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'),
      condition('PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'),
      condition(
        'Ready',
        'True',
        'KubeletReady',
        'the berth sandbox runs containers as processes of this machine',
      ),
    ],
    nodeInfo: {
      machineID: '',
      systemUUID: '',
      bootID: '',
      kernelVersion: release(),
      osImage: await osImage(),
      containerRuntimeVersion: 'berth-sandbox://1',
      kubeletVersion: KUBELET_VERSION,
      kubeProxyVersion: '',
      operatingSystem: 'linux',
      architecture: process.arch === 'x64' ? 'amd64' : process.arch,
    },
  };
}

async function osImage(): Promise<string> {
  const text = await readFile('/etc/os-release', 'utf8').catch(() => '');
  return /^PRETTY_NAME="?([^"\n]*)/m.exec(text)?.[1] ?? hostname();
}

/** Renews the node's Lease until the signal aborts: the sign of life that controllers read. */
export async function keepAlive(
  client: KubeClient,
  node: Node,
  ports: { readonly clock: Clock; readonly log: Log; readonly signal: AbortSignal },
): Promise<void> {
  const { clock, signal } = ports;
  while (!signal.aborted) {
    await renew(client, node, clock.now()).catch((err) => {
      if (!signal.aborted) ports.log.warn({ err }, 'the node lease could not be renewed');
    });
    await clock.sleep(RENEW_MS, signal).catch(() => {});
  }
}

async function renew(client: KubeClient, node: Node, now: number): Promise<void> {
  const { name = '', uid = '' } = node.metadata;
  const spec = {
    holderIdentity: name,
    leaseDurationSeconds: LEASE_SECONDS,
    renewTime: new Date(now).toISOString().replace('Z', '000Z'),
  };
  try {
    await client.patch(leases, { namespace: LEASE_NAMESPACE, name }, { type: 'merge', body: { spec } });
  } catch (error) {
    if (!(error instanceof KubeError && error.reason === 'NotFound')) throw error;
    const ownerReferences = [{ apiVersion: 'v1', kind: 'Node', name, uid }];
    const lease: Lease = {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { namespace: LEASE_NAMESPACE, name, ownerReferences },
      spec,
    };
    await client.create(leases, lease);
  }
}
