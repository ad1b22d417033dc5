import { runProgram } from '../../deploy/image/run-program.ts';
import { eventually, type Kubectl } from '../testing/kubectl.ts';
import { findProcesses } from './find-processes.ts';
import { nodeName } from './start-kubelet.ts';

export const nodeDaemonSet = ['-n', 'kube-system', 'daemonset/csi-azurelustre-node-any'] as const;
const itsPods = ['-n', 'kube-system', '-l', 'app=csi-azurelustre-node'] as const;

/** The node plugin of this machine, which is a container's process. */
export interface NodePlugin {
  /** Of its only process; waits while there is none, or its successor beside it. */
  pid(): Promise<number>;
  /** How often kubelet has started the container again. */
  restarts(): Promise<number>;
  /** Resolves when kubelet lists the driver and the pod is ready. */
  ready(): Promise<void>;
  /** kill -9; resolves when its successor is ready. */
  kill(): Promise<void>;
  /** Runs a program of its image among its mounts, and expects success. */
  run(program: string, ...args: readonly string[]): Promise<void>;
  /** Has the DaemonSet make another. */
  deletePod(): Promise<void>;
}

export function nodePluginOf(kubectl: Kubectl): NodePlugin {
  const self: NodePlugin = {
    async pid() {
      const found = await eventually(
        async () => findProcesses('/app/node.cjs', 'node'),
        ({ length }) => length === 1,
      );
      return found[0] ?? 0;
    },
    async restarts() {
      const path = 'jsonpath={.items[0].status.containerStatuses[0].restartCount}';
      return Number(await kubectl('get', 'pods', ...itsPods, '-o', path));
    },
    async ready() {
      await kubectl('rollout', 'status', ...nodeDaemonSet, '--timeout=60s');
      await eventually(
        () => kubectl('get', 'csinode', nodeName, '-o', 'jsonpath={.spec.drivers[*].name}'),
        (names) => names === 'azurelustre.csi.azure.com',
      );
    },
    async kill() {
      const before = await self.restarts();
      process.kill(await self.pid(), 'SIGKILL');
      await eventually(self.restarts, (now) => now > before);
      await self.ready();
    },
    async run(program, ...args) {
      await runProgram('nsenter', ['--mount', `--target=${await self.pid()}`, '--', program, ...args]);
    },
    async deletePod() {
      await kubectl('delete', 'pods', ...itsPods, '--wait', '--timeout=60s');
    },
  };
  return self;
}
