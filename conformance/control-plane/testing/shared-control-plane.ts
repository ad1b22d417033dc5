import { after, before } from 'node:test';
import type { KubeClient } from '../../../src/kube/client.ts';
import { openKubeClient } from '../../../src/kube/open-kube-client.ts';
import { namespaces } from '../../../src/kube/resources.ts';
import type { ControlPlane } from '../../../src/sandbox/control-plane/start-control-plane.ts';
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
  const cleanups: (() => Promise<void>)[] = [];
  let opened: { cluster: ControlPlane; client: KubeClient } | undefined;
  let count = 0;
  before(async () => {
    const cluster = await openControlPlane({ after: (done) => cleanups.push(done) }, options);
    opened = { cluster, client: openKubeClient(cluster.configOf()) };
  });
  after(async () => {
    for (const cleanup of cleanups.reverse()) await cleanup();
  });
  const started = () => {
    if (opened === undefined) throw new Error('the suite has not begun');
    return opened;
  };
  return {
    get cluster() {
      return started().cluster;
    },
    get client() {
      return started().client;
    },
    async newNamespace() {
      const name = `test-${++count}`;
      await started().client.create(namespaces, { metadata: { name } });
      return name;
    },
  };
}
