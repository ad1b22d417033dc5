import { homedir } from 'node:os';
import { join } from 'node:path';

/** A program that is not ours, built by Go from its published module and kept outside the checkout. */
export interface GoTool {
  readonly name: string;
  readonly version: string;
  /** Oldest Go that builds it, `major.minor`. */
  readonly goVersion: string;
  /** What the tests use it for; printed where it is missing. */
  readonly purpose: string;
  /** `go build` runs in this folder of conformance/tools, or `go install` fetches this package. */
  readonly source: { readonly folder: string; readonly ldflags: string } | { readonly module: string };
  /** An environment variable with the path of a binary to use instead. */
  readonly overrideBy: string;
}

const stamp = (version: string) =>
  [
    '-s -w',
    `-X k8s.io/component-base/version.gitVersion=v${version}`,
    `-X k8s.io/component-base/version.gitMajor=${version.split('.')[0]}`,
    `-X k8s.io/component-base/version.gitMinor=${version.split('.')[1]}`,
    `-X k8s.io/client-go/pkg/version.gitVersion=v${version}`,
  ].join(' ');

export const csiSanity: GoTool = {
  name: 'csi-sanity',
  version: '5.5.0',
  goVersion: '1.25',
  purpose: 'the CSI conformance suite over the driver’s sockets',
  source: { module: 'github.com/kubernetes-csi/csi-test/v5/cmd/csi-sanity' },
  overrideBy: 'BERTH_CSI_SANITY',
};

export const newestKubectl: GoTool = {
  name: 'kubectl-1.36',
  version: '1.36.3',
  goVersion: '1.26',
  purpose: 'the newest kubectl against the sandbox',
  source: { folder: 'kubectl-1.36', ldflags: stamp('1.36.3') },
  overrideBy: 'BERTH_KUBECTL_NEWEST',
};

export const oldestKubectl: GoTool = {
  name: 'kubectl-1.30',
  version: '1.30.14',
  goVersion: '1.22',
  purpose: 'the oldest supported kubectl against the sandbox',
  source: { folder: 'kubectl-1.30', ldflags: stamp('1.30.14') },
  overrideBy: 'BERTH_KUBECTL_OLDEST',
};

export const goTools: readonly GoTool[] = [csiSanity, newestKubectl, oldestKubectl];

/** Where built tools stay between runs. */
export function toolsDirectory(env: NodeJS.ProcessEnv = process.env): string {
  return env.BERTH_TOOLS_DIR || join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'berth/tools');
}

export function builtPath(tool: GoTool, env: NodeJS.ProcessEnv = process.env): string {
  return join(toolsDirectory(env), `${tool.name}-${tool.version}`);
}
