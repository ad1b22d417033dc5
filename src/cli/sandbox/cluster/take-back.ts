import type { KubeClient, ObjectName } from '../../../kube/client.ts';
import type { KubeObject } from '../../../kube/objects.ts';
import { csiDrivers, csiNodes, leases, nodes, type Resource } from '../../../kube/resources.ts';
import { getIfThere, isReason } from '../../../sandbox/loops/loop.ts';
import type { StateDir } from '../../../sandbox/state/state-dir.ts';
import { driverParts } from '../drivers/driver-parts.ts';
import { type JoinRecord, OWNER_ANNOTATION, readJoinRecord, removeJoinRecord } from './join-record.ts';
import { reachCluster } from './reach-cluster.ts';

/**
 * Removes what a sandbox has made in a cluster of the user's, and nothing else there. Harmless where it has joined none.
 *
 * @throws CommandFailure when the cluster does not answer; a later stop tries again.
 */
export async function takeBack(dir: StateDir): Promise<void> {
  const record = await readJoinRecord(dir);
  if (record === undefined) return;
  const { client } = await reachCluster(record.kubeconfig, record.context);
  await removeNode(client, record);
  for (const { name } of driverParts) {
    const driver = await getIfThere(client, csiDrivers, { name });
    if (driver !== undefined && isOwn(driver, record)) await remove(client, csiDrivers, { name }, driver);
  }
  await removeJoinRecord(dir);
}

export function isOwn({ metadata }: KubeObject, { owner }: JoinRecord): boolean {
  return metadata.annotations?.[OWNER_ANNOTATION] === owner;
}

/** With what belongs to it by its uid, which the cluster's garbage collector would find only later. */
async function removeNode(client: KubeClient, record: JoinRecord): Promise<void> {
  const name = record.nodeName;
  const node = await getIfThere(client, nodes, { name });
  if (node === undefined || !isOwn(node, record)) return;
  const belongings = [
    [csiNodes, { name }],
    [leases, { namespace: 'kube-node-lease', name }],
  ] as readonly (readonly [Resource, ObjectName])[];
  for (const [resource, itsName] of belongings) {
    const found = await getIfThere(client, resource, itsName);
    if (found?.metadata.ownerReferences?.some(({ uid }) => uid === node.metadata.uid))
      await remove(client, resource, itsName, found);
  }
  await remove(client, nodes, { name }, node);
}

async function remove<T extends KubeObject>(
  client: KubeClient,
  resource: Resource<T>,
  name: ObjectName,
  { metadata: { uid = '' } }: KubeObject,
): Promise<void> {
  try {
    await client.delete(resource, name, { preconditions: { uid } });
  } catch (error) {
    if (!isReason(error, 'NotFound') && !isReason(error, 'Conflict')) throw error;
  }
}
