import { once } from 'node:events';
import { connect, isIP } from 'node:net';
import type { KubeClient } from '../../../kube/client.ts';
import type { KubeObject } from '../../../kube/objects.ts';
import { configMaps, type Resource } from '../../../kube/resources.ts';
import { getIfThere } from '../../../sandbox/loops/loop.ts';
import {
  type CertificateUser,
  startKubeletApi,
} from '../../../sandbox/node/kubelet-api/start-kubelet-api.ts';
import type { NodeRegistration } from '../../../sandbox/node/node-object.ts';
import type { Authority } from '../../../sandbox/pki/authority.ts';
import type { PartsOptions } from '../start-parts.ts';
import type { ReachedCluster } from './reach-cluster.ts';
import type { SandboxCluster } from './sandbox-cluster.ts';

/** Where a cluster tells the servers beside it by which authority its API server proves itself. */
const authentication = { namespace: 'kube-system', name: 'extension-apiserver-authentication' };
const subjectAccessReviews: Resource = {
  group: 'authorization.k8s.io',
  version: 'v1',
  plural: 'subjectaccessreviews',
  kind: 'SubjectAccessReview',
  namespaced: false,
};

/** Serves logs and commands to the API server of a cluster of the user's, where that tells how to know it. */
export async function serveJoinedNode({
  reached,
  authority,
  pods,
  nodeName,
  nodeAddress,
  log,
  onClose,
}: PartsOptions & {
  readonly reached: ReachedCluster;
  readonly authority: Authority;
  readonly pods: Parameters<SandboxCluster['servePods']>[0];
}): Promise<NodeRegistration> {
  const { client } = reached;
  const address = nodeAddress ?? (await addressTowards(new URL(reached.server)));
  const clientCa = await clientAuthorityOf(client);
  if (clientCa === undefined) {
    log.warn(
      { authentication },
      'the cluster does not say how its API server proves itself: pods have no logs',
    );
    return { address };
  }
  const api = await startKubeletApi({
    host: address,
    tls: await authority.issue({ commonName: nodeName, dnsNames: [], ipAddresses: [address] }),
    clientCa,
    mayAccess: (user) => mayReachNode(client, user, nodeName),
    pods,
    log: log.child({ part: 'kubelet-api' }),
  });
  onClose(() => api.close());
  return { address, kubeletPort: api.port };
}

/** The address of this machine from which it reaches the server. */
async function addressTowards({ hostname, port }: URL): Promise<string> {
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  const socket = connect({ host, port: Number(port || '443') });
  try {
    await once(socket, 'connect');
    const address = socket.localAddress ?? '';
    return isIP(address) ? address : '127.0.0.1';
  } finally {
    socket.destroy();
  }
}

async function clientAuthorityOf(client: KubeClient): Promise<string | undefined> {
  const found = await getIfThere(client, configMaps, authentication);
  const { data = {} } = (found ?? {}) as { readonly data?: Readonly<Record<string, string>> };
  return data['client-ca-file'];
}

/** kubelet's own question: every user of the cluster may hold a certificate of that authority. */
async function mayReachNode(client: KubeClient, user: CertificateUser, node: string): Promise<boolean> {
  const review = {
    metadata: {},
    spec: {
      user: user.name,
      groups: user.groups,
      resourceAttributes: { verb: 'create', resource: 'nodes', subresource: 'proxy', name: node },
    },
  };
  const { status } = await client.create<KubeObject>(subjectAccessReviews, review as KubeObject);
  return (status as { readonly allowed?: boolean } | undefined)?.allowed === true;
}
