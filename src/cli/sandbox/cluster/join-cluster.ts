import { nodes } from '../../../kube/resources.ts';
import { getIfThere } from '../../../sandbox/loops/loop.ts';
import type { Authority } from '../../../sandbox/pki/authority.ts';
import type { StateDir } from '../../../sandbox/state/state-dir.ts';
import { CommandFailure, exitCodes } from '../../exit-codes.ts';
import { createCsiDrivers } from '../csi-driver-objects.ts';
import type { PartsOptions } from '../start-parts.ts';
import { type JoinRecord, OWNER_ANNOTATION, writeJoinRecord } from './join-record.ts';
import { type ReachedCluster, reachCluster } from './reach-cluster.ts';
import type { SandboxCluster } from './sandbox-cluster.ts';
import { serveJoinedNode } from './serve-joined-node.ts';
import { takeBack } from './take-back.ts';

/** A cluster of the user's: it gets the drivers, and the kubelet stand-in as one more node, until the sandbox stops. */
export async function joinCluster(
  dir: StateDir,
  authority: Authority,
  { path }: { readonly path: string },
  options: PartsOptions,
): Promise<SandboxCluster> {
  // An earlier sandbox of this directory may have been killed, perhaps on another cluster.
  await takeBack(dir);
  const reached = await reachCluster(path);
  const { client, context } = reached;
  if (!options.without.includes('node')) await refuseTakenName(reached, options.nodeName);
  const record = await writeJoinRecord(dir, { kubeconfig: path, context, nodeName: options.nodeName });
  options.onClose(() => takeBack(dir));
  const access = ['--kubeconfig', path, '--context', context];
  return {
    client,
    kubeconfig: path,
    plugins: { controller: access, node: access },
    applyCsiDrivers: (drivers) => createCsiDrivers(client, drivers, annotationsOf(record)),
    servePods: async (pods) => ({
      ...(await serveJoinedNode({ reached, authority, pods, ...options })),
      annotations: annotationsOf(record),
      guest: true,
    }),
  };
}

function annotationsOf({ owner }: JoinRecord): Readonly<Record<string, string>> {
  return { [OWNER_ANNOTATION]: owner };
}

async function refuseTakenName({ client, server }: ReachedCluster, name: string): Promise<void> {
  if ((await getIfThere(client, nodes, { name })) === undefined) return;
  throw new CommandFailure(
    exitCodes.wrongUsage,
    `--node-name ${name}: ${server} has a node of that name; give another --node-name, or start with --without node`,
  );
}
