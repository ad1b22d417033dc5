import type { KubeClient } from '../../kube/client.ts';
import { namespaces, serviceAccounts } from '../../kube/resources.ts';
import { namespacedResources } from './discover-resources.ts';
import { getIfThere, isReason, keyOf, type Loop, type LoopPorts, nameOf, on } from './loop.ts';
import { writeStatus } from './write-status.ts';

const LOOK_AGAIN_MS = 250;

/** Empties a namespace that is to go, and lets it go when nothing is left in it. */
export function deleteNamespaces(ports: LoopPorts): Loop {
  const { client } = ports;
  return {
    name: 'delete-namespaces',
    triggers: [
      on(namespaces, ({ metadata }) =>
        metadata.deletionTimestamp === undefined ? [] : [metadata.name ?? ''],
      ),
    ],
    async reconcile(name) {
      const namespace = await getIfThere(client, namespaces, { name });
      if (namespace?.metadata.deletionTimestamp === undefined) return undefined;
      await writeStatus(client, namespaces, namespace, { phase: 'Terminating' });
      const left = await empty(name, client);
      if (left > 0) return { requeueAfterMs: LOOK_AGAIN_MS };
      const newest = await client.get(namespaces, { name });
      await client.replace(namespaces, { ...newest, spec: { finalizers: [] } }, { subresource: 'finalize' });
      return undefined;
    },
  };
}

/** A ServiceAccount `default` in every namespace: pods name it. */
export function defaultServiceAccounts({ client }: LoopPorts): Loop {
  return {
    name: 'default-service-accounts',
    triggers: [
      on(namespaces, ({ metadata }) => [metadata.name ?? '']),
      on(serviceAccounts, ({ metadata }) => (metadata.name === 'default' ? [metadata.namespace ?? ''] : [])),
    ],
    async reconcile(name) {
      const namespace = await getIfThere(client, namespaces, { name });
      if (namespace === undefined || namespace.metadata.deletionTimestamp !== undefined) return undefined;
      const account = { namespace: name, name: 'default' };
      if ((await getIfThere(client, serviceAccounts, account)) === undefined)
        await client.create(serviceAccounts, { apiVersion: 'v1', kind: 'ServiceAccount', metadata: account });
      return undefined;
    },
  };
}

/** Deletes all objects of the namespace, whatever their kind, and returns how many were there. */
async function empty(namespace: string, client: KubeClient): Promise<number> {
  let left = 0;
  for (const resource of await namespacedResources(client)) {
    const { items } = await client.list(resource, { namespace });
    left += items.length;
    for (const object of items) {
      if (object.metadata.deletionTimestamp !== undefined) continue;
      try {
        await client.delete(resource, nameOf(keyOf(object)));
      } catch (error) {
        if (!isReason(error, 'NotFound')) throw error;
      }
    }
  }
  return left;
}
