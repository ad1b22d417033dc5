import type { KubeClient } from '../../../src/kube/client.ts';
import { openKubeClient } from '../../../src/kube/open-kube-client.ts';
import { namespaces } from '../../../src/kube/resources.ts';
import type { ControlPlane } from '../../../src/sandbox/control-plane/start-control-plane.ts';
import { openedForSuite } from '../../testing/opened-for-suite.ts';
import { type OpenControlPlaneOptions, openControlPlane } from '../open-control-plane.ts';

export interface SharedControlPlane {
  readonly cluster: ControlPlane;
  /** Of the administrator. */
  readonly client: KubeClient;
  /** A namespace that no other test uses, its default service account not awaited. */
  newNamespace(): Promise<string>;
}

/** One control plane for all tests of the suite that calls this, there from its `before` on. */
export function shareControlPlane(options: OpenControlPlaneOptions = {}): SharedControlPlane {
  const opened = openedForSuite(async (t) => {
    const cluster = await openControlPlane(t, options);
    return { cluster, client: openKubeClient(cluster.configOf()) };
  });
  let count = 0;
  return {
    get cluster() {
      return opened().cluster;
    },
    get client() {
      return opened().client;
    },
    async newNamespace() {
      const name = `test-${++count}`;
      await opened().client.create(namespaces, { metadata: { name } });
      return name;
    },
  };
}
