import { fixedNamespaces } from './kinds/namespace.ts';
import type { ServerState } from './server-state.ts';
import { createObject } from './writing/create-object.ts';

/** What every cluster has from its first moment: the four namespaces and the service of the API itself. */
export function bootstrapCluster(state: ServerState): void {
  const namespaces = state.registry.find('', 'v1', 'namespaces');
  const services = state.registry.find('', 'v1', 'services');
  if (namespaces === undefined || services === undefined) return;
  for (const name of fixedNamespaces) {
    if (state.store.get(namespaces.storedAs, '', name) !== undefined) continue;
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
    createObject(state, { definition: namespaces, version: 'v1', namespace: '' }, namespace, false);
  }
  if (state.store.get(services.storedAs, 'default', 'kubernetes') !== undefined) return;
  const kubernetes = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'kubernetes', labels: { component: 'apiserver', provider: 'kubernetes' } },
    spec: {
      type: 'ClusterIP',
      clusterIP: '10.96.0.1',
      ports: [{ name: 'https', port: 443, targetPort: 6443 }],
    },
  };
  createObject(state, { definition: services, version: 'v1', namespace: 'default' }, kubernetes, false);
}
