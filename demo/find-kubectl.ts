import { spawnSync } from 'node:child_process';

/** The oldest kubectl whose `exec` speaks WebSocket, which the sandbox needs. */
const OLDEST_MINOR = 30;

/** A kubectl that can be used, or why there is none. */
export type FoundKubectl = { readonly program: string } | { readonly missing: string };

export function findKubectl(env: NodeJS.ProcessEnv): FoundKubectl {
  const program = env.KUBECTL || 'kubectl';
  const asked = spawnSync(program, ['version', '--client', '-o', 'json'], { encoding: 'utf8', env });
  if (asked.error || asked.status !== 0) return { missing: 'kubectl is not installed here' };
  const minor = kubectlMinor(asked.stdout);
  if (minor === undefined || minor < OLDEST_MINOR) {
    return { missing: `kubectl here is older than 1.${OLDEST_MINOR}, and its exec does not speak WebSocket` };
  }
  return { program };
}

/** The minor version in the output of `kubectl version --client -o json`; `32+` counts as 32. */
export function kubectlMinor(text: string): number | undefined {
  try {
    const minor = Number.parseInt(JSON.parse(text).clientVersion.minor, 10);
    return Number.isNaN(minor) ? undefined : minor;
  } catch {
    return undefined;
  }
}
