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
  /** `go build` of `package` (the folder's own where absent) runs in this folder of conformance/, or `go install` fetches this module. */
  readonly source:
    | { readonly folder: string; readonly package?: string; readonly ldflags: string }
    | { readonly module: string };
  /** An environment variable with the path of a binary to use instead. */
  readonly overrideBy: string;
  /** Its file name in a KUBEBUILDER_ASSETS directory, for what such a directory holds. */
  readonly asset?: string;
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
  source: { folder: 'tools/kubectl-1.36', ldflags: stamp('1.36.3') },
  overrideBy: 'BERTH_KUBECTL_NEWEST',
};

export const oldestKubectl: GoTool = {
  name: 'kubectl-1.30',
  version: '1.30.14',
  goVersion: '1.22',
  purpose: 'the oldest supported kubectl against the sandbox',
  source: { folder: 'tools/kubectl-1.30', ldflags: stamp('1.30.14') },
  overrideBy: 'BERTH_KUBECTL_OLDEST',
};

const kubernetesProgram = (name: string, overrideBy: string, asset?: string): GoTool => ({
  name,
  version: '1.36.3',
  goVersion: '1.26',
  purpose: 'the real control plane that the sandbox and Berth are held against',
  source: {
    folder: 'control-plane/go/kubernetes',
    package: `k8s.io/kubernetes/cmd/${name}`,
    ldflags: stamp('1.36.3'),
  },
  overrideBy,
  ...(asset !== undefined && { asset }),
});

export const kubeApiserver = kubernetesProgram('kube-apiserver', 'BERTH_KUBE_APISERVER', 'kube-apiserver');
export const kubeControllerManager = kubernetesProgram(
  'kube-controller-manager',
  'BERTH_KUBE_CONTROLLER_MANAGER',
);
export const kubeScheduler = kubernetesProgram('kube-scheduler', 'BERTH_KUBE_SCHEDULER');
export const kubelet = kubernetesProgram('kubelet', 'BERTH_KUBELET');

export const etcd: GoTool = {
  name: 'etcd',
  version: '3.6.14',
  goVersion: '1.26',
  purpose: 'the store under the real control plane',
  source: {
    folder: 'control-plane/go/etcd',
    package: 'go.etcd.io/etcd/server/v3',
    ldflags: '-s -w',
  },
  overrideBy: 'BERTH_ETCD',
  asset: 'etcd',
};

const sidecar = (name: string, version: string, module: string, overrideBy: string): GoTool => ({
  name,
  version,
  goVersion: '1.26',
  purpose: 'the standard sidecar in the place of Berth’s own loops',
  source: {
    folder: 'sidecars/go',
    package: `github.com/kubernetes-csi/${module}/cmd/${name}`,
    ldflags: `-s -w -X main.version=v${version}`,
  },
  overrideBy,
});

export const csiProvisioner = sidecar(
  'csi-provisioner',
  '6.3.0',
  'external-provisioner/v6',
  'BERTH_CSI_PROVISIONER',
);
export const csiResizer = sidecar('csi-resizer', '2.2.0', 'external-resizer/v2', 'BERTH_CSI_RESIZER');

export const helm: GoTool = {
  name: 'helm',
  version: '4.3.1',
  goVersion: '1.26',
  purpose: 'the chart, rendered and installed',
  source: { module: 'helm.sh/helm/v4/cmd/helm' },
  overrideBy: 'BERTH_HELM',
};

/** Built for every `npm test`: seconds to a minute each. */
export const everydayTools: readonly GoTool[] = [csiSanity, newestKubectl, oldestKubectl];

/** Minutes to build and more than half a gigabyte together, so only where BERTH_CONFORMANCE=full asks for them. */
export const controlPlaneTools: readonly GoTool[] = [
  etcd,
  kubeApiserver,
  kubeControllerManager,
  kubeScheduler,
  kubelet,
  csiProvisioner,
  csiResizer,
  helm,
];

/** What prepareTools builds in this environment. */
export function wantedTools(env: NodeJS.ProcessEnv = process.env): readonly GoTool[] {
  return env.BERTH_CONFORMANCE === 'full' ? [...everydayTools, ...controlPlaneTools] : everydayTools;
}

/** Where built tools stay between runs. */
export function toolsDirectory(env: NodeJS.ProcessEnv = process.env): string {
  return env.BERTH_TOOLS_DIR || join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'berth/tools');
}

/** The binary that the user's environment names in place of ours; whether it is there is the caller's to check. */
export function overriddenPath(tool: GoTool, env: NodeJS.ProcessEnv = process.env): string | undefined {
  const named = env[tool.overrideBy];
  if (named) return named;
  return tool.asset && env.KUBEBUILDER_ASSETS ? join(env.KUBEBUILDER_ASSETS, tool.asset) : undefined;
}

export function builtPath(tool: GoTool, env: NodeJS.ProcessEnv = process.env): string {
  return join(toolsDirectory(env), `${tool.name}-${tool.version}`);
}
