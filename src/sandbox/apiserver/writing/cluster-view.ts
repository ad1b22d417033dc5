import type { KubeObject } from '../../../kube/objects.ts';
import type { ClusterView } from '../kinds/kind-rules.ts';
import { type ServerState, timestamp } from '../server-state.ts';
import { parseEntry } from '../store/object-store.ts';

/** The other objects, as a kind's rules may read them. */
export function clusterView({ store, clock }: Pick<ServerState, 'store' | 'clock'>): ClusterView {
  return {
    get: <T extends KubeObject>(storedAs: string, namespace: string, name: string) => {
      const entry = store.get(storedAs, namespace, name);
      return entry === undefined ? undefined : parseEntry<T>(entry);
    },
    list: <T extends KubeObject>(storedAs: string, namespace: string | undefined) =>
      store.list(storedAs, namespace).map((entry) => parseEntry<T>(entry)),
    timestamp: () => timestamp(clock.now()),
  };
}
