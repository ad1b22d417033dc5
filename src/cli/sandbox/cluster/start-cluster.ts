import type { Authority } from '../../../sandbox/pki/authority.ts';
import type { StateDir } from '../../../sandbox/state/state-dir.ts';
import type { PartsOptions } from '../start-parts.ts';
import { startAssetsCluster } from './assets-cluster.ts';
import { startEmbeddedCluster } from './embedded-cluster.ts';
import { joinCluster } from './join-cluster.ts';
import type { SandboxCluster } from './sandbox-cluster.ts';

/** The cluster that `--cluster` chose. */
export function startCluster(
  dir: StateDir,
  authority: Authority,
  options: PartsOptions,
): Promise<SandboxCluster> {
  const { cluster } = options;
  switch (cluster.kind) {
    case 'embedded':
      return startEmbeddedCluster(dir, authority, options);
    case 'assets':
      return startAssetsCluster(dir, cluster.programs, options);
    case 'kubeconfig':
      return joinCluster(dir, authority, cluster, options);
  }
}
