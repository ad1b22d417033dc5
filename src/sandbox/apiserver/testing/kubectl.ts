import { spawn, spawnSync } from 'node:child_process';
import { text } from 'node:stream/consumers';

export interface KubectlResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export type Kubectl = (args: readonly string[], stdin?: string) => Promise<KubectlResult>;

/** KUBECTL names another program than the one on the path. */
const program = process.env.KUBECTL ?? 'kubectl';

/** Why tests that need kubectl cannot run here; undefined where they can. */
export function kubectlMissing(): string | undefined {
  const found = spawnSync(program, ['version', '--client'], { stdio: 'ignore' }).status === 0;
  return found
    ? undefined
    : `${program} is not installed: put kubectl 1.30 or newer on the path, or name it in KUBECTL`;
}

/** Runs the real kubectl against a server, with a cache directory of its own. */
export function kubectlFor(kubeconfig: string): Kubectl {
  return async (args, stdin = '') => {
    const child = spawn(program, [`--kubeconfig=${kubeconfig}`, `--cache-dir=${kubeconfig}.cache`, ...args], {
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    child.stdin.end(stdin);
    const [stdout, stderr, code] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      new Promise<number>((resolve, reject) =>
        child.once('error', reject).once('close', (status) => resolve(status ?? -1)),
      ),
    ]);
    return { code, stdout, stderr };
  };
}
