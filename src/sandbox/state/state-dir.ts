import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** Where everything of one sandbox lies. Nothing of it is outside `root`. */
export interface StateDir {
  readonly root: string;
  /** Says that `root` is a sandbox's, and in which format. */
  readonly marker: string;
  readonly kubeDatabase: string;
  /** The user's own kubeconfig; `controllerKubeconfig` and `nodeKubeconfig` are the plugins'. */
  readonly kubeconfig: string;
  readonly controllerKubeconfig: string;
  readonly nodeKubeconfig: string;
  readonly pki: string;
  readonly azure: string;
  readonly azureEnvironmentFile: string;
  readonly azureConfigFile: string;
  readonly azureTokenFile: string;
  /** Stands first in the node plugin's PATH. */
  readonly bin: string;
  /** The kubelet stand-in's root, as /var/lib/kubelet. */
  readonly kubelet: string;
  readonly controllerSocket: (driver: string) => string;
  readonly nodeSocket: (driver: string) => string;
  readonly directoriesSocket: string;
  readonly logs: string;
  readonly lock: string;
  /** What the running sandbox says of itself, written when it is ready. */
  readonly runFile: string;
  readonly processesFile: string;
}

/** sun_path of unix(7) holds 108 bytes with its closing zero. */
const SOCKET_PATH_BYTES = 107;

export function defaultStateDir(env: NodeJS.ProcessEnv): string {
  return join(env.XDG_STATE_HOME || join(homedir(), '.local/state'), 'berth/sandbox');
}

export function stateDir(directory: string): StateDir {
  const root = resolve(directory);
  const at = (...parts: string[]) => join(root, ...parts);
  return {
    root,
    marker: at('sandbox.json'),
    kubeDatabase: at('kube.db'),
    kubeconfig: at('kubeconfig'),
    controllerKubeconfig: at('controller/kubeconfig'),
    nodeKubeconfig: at('node.kubeconfig'),
    pki: at('pki'),
    azure: at('azure'),
    azureEnvironmentFile: at('azure/environment.json'),
    azureConfigFile: at('azure/azure.json'),
    azureTokenFile: at('azure/token'),
    bin: at('bin'),
    kubelet: at('node'),
    controllerSocket: (driver) => at('controller', driver, 'csi.sock'),
    nodeSocket: (driver) => at('node/plugins', driver, 'csi.sock'),
    directoriesSocket: at('controller/directories.sock'),
    logs: at('logs'),
    lock: at('lock.db'),
    runFile: at('run.json'),
    processesFile: at('processes.json'),
  };
}

/** The sentence that refuses a state directory whose sockets could not be bound, or undefined when they can. */
export function socketPathRefusal(dir: StateDir, drivers: readonly string[]): string | undefined {
  const sockets = drivers.flatMap((driver) => [
    dir.controllerSocket(driver),
    dir.nodeSocket(driver),
    join(dir.kubelet, 'plugins_registry', `${driver}-reg.sock`),
  ]);
  const longest = sockets.reduce((a, b) => (Buffer.byteLength(b) > Buffer.byteLength(a) ? b : a), '');
  const bytes = Buffer.byteLength(longest);
  if (bytes <= SOCKET_PATH_BYTES) return undefined;
  return `the socket path ${longest} has ${bytes} bytes; a Unix socket's path may have ${SOCKET_PATH_BYTES}. Choose a --state-dir that is at least ${bytes - SOCKET_PATH_BYTES} bytes shorter.`;
}
