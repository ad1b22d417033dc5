import type { SandboxInfo } from '../../sandbox/state/run-file.ts';
import { defaultStateDir, type StateDir } from '../../sandbox/state/state-dir.ts';

const clusterLines: Readonly<Record<SandboxInfo['cluster'], readonly string[]>> = {
  embedded: [],
  assets: ['Cluster: the etcd and kube-apiserver of KUBEBUILDER_ASSETS'],
  kubeconfig: ['Cluster: yours, until the sandbox stops; what it made there goes with it'],
};

/** What a person needs to use a running sandbox. */
export function describeSandbox(info: SandboxInfo, dir: StateDir): string {
  const { aws, azure } = info.clouds;
  const flag = dir.root === defaultStateDir(process.env) ? '' : ` --state-dir ${dir.root}`;
  return `${[
    'The sandbox is ready. To use it:',
    '',
    `  export KUBECONFIG=${info.kubeconfig}`,
    '  kubectl get storageclasses,pvc,pods',
    '',
    ...clusterLines[info.cluster],
    ...(azure === undefined
      ? []
      : [
          `Azure (simulated): ${azure.arm}, certificate authority ${info.caFile}`,
          `  subscription ${azure.subscriptionId}, resource group ${azure.resourceGroup}, ${azure.location}, ${azure.vnet}/${azure.subnet}`,
          `  a file system that exists already: ${azure.mgsAddress}@tcp:/lustrefs`,
        ]),
    ...(aws === undefined
      ? []
      : [
          `AWS (simulated): ${aws.endpoint}, region ${aws.region}, certificate authority ${info.caFile}`,
          `  a file system that exists already: ${aws.fileSystemId}`,
        ]),
    ...Object.entries(info.drivers).flatMap(([name, { controller, node }]) => [
      `${name}:`,
      `  controller ${controller}`,
      ...(info.node === undefined ? [] : [`  node       ${node}`]),
    ]),
    ...(info.cluster === 'kubeconfig' && info.node !== undefined
      ? [
          `Node ${info.node.name} takes the pods that name it and bear its taint:`,
          `  nodeSelector: { kubernetes.io/hostname: ${info.node.name} }`,
          '  tolerations: [{ key: berth-sandbox/node, operator: Exists }]',
        ]
      : []),
    `Logs: ${dir.logs}`,
    '',
    `To end it: berth sandbox stop${flag}`,
  ].join('\n')}\n`;
}
