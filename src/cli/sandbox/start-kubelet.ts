import { join } from 'node:path';
import { systemClock } from '../../async/clock.ts';
import type { RunCommand } from '../../mount/command.ts';
import { type RunningNode, startNode } from '../../sandbox/node/start-node.ts';
import type { StateDir } from '../../sandbox/state/state-dir.ts';
import type { SandboxCluster } from './cluster/sandbox-cluster.ts';
import type { PartsOptions } from './start-parts.ts';

/** The kubelet stand-in, on the state directory's own kubelet root. */
export async function startKubelet(
  dir: StateDir,
  cluster: SandboxCluster,
  options: PartsOptions & { readonly run: RunCommand },
): Promise<void> {
  const { signal, log, onClose, run } = options;
  let running: RunningNode | undefined;
  const registration = await cluster.servePods(() => running);
  const node = await startNode({
    client: cluster.client,
    nodeName: options.nodeName,
    registration,
    rootDir: dir.kubelet,
    logDir: join(dir.logs, 'pods'),
    clock: systemClock,
    log: log.child({ part: 'node' }),
    signal,
    run,
  });
  onClose(() => node.close());
  running = node;
}
