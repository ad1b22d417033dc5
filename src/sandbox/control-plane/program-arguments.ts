import { join } from 'node:path';
import type { ControlPlaneFiles } from './control-plane-files.ts';

/** Where each program listens; all on one address. */
export interface ControlPlanePorts {
  readonly etcdClient: number;
  readonly etcdPeer: number;
  readonly apiserver: number;
  readonly controllerManager: number;
  readonly scheduler: number;
}

export interface ArgumentInput {
  readonly directory: string;
  readonly host: string;
  readonly ports: ControlPlanePorts;
  readonly files: ControlPlaneFiles;
}

/** One member that keeps its data in `directory`; only the holders of a certificate of ours may ask it. */
export function etcdArguments({ directory, host, ports, files }: ArgumentInput): readonly string[] {
  const client = `https://${host}:${ports.etcdClient}`;
  const peer = `https://${host}:${ports.etcdPeer}`;
  const tls = (prefix: string) => [
    `--${prefix}cert-file=${files.serverCertificate}`,
    `--${prefix}key-file=${files.serverKey}`,
    `--${prefix}trusted-ca-file=${files.caFile}`,
    `--${prefix}client-cert-auth`,
  ];
  return [
    `--data-dir=${join(directory, 'etcd')}`,
    // What a power cut takes here, nobody misses; waiting for the disk is most of a write's time.
    '--unsafe-no-fsync',
    // A lone member waits for this long before it votes for itself; by default up to a second.
    '--heartbeat-interval=20',
    '--election-timeout=200',
    '--log-level=warn',
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=default=${peer}`,
    ...tls(''),
    ...tls('peer-'),
  ];
}

export interface ApiserverChoices {
  /** Without it nothing makes the service accounts, and nothing takes away the taints, that admission plugins count on. */
  readonly controllerManager: boolean;
  readonly audit: boolean;
  readonly more: readonly string[];
}

export function apiserverArguments(
  { host, ports, files }: ArgumentInput,
  choices: ApiserverChoices,
): readonly string[] {
  return [
    `--etcd-servers=https://${host}:${ports.etcdClient}`,
    `--etcd-cafile=${files.caFile}`,
    `--etcd-certfile=${files.serverCertificate}`,
    `--etcd-keyfile=${files.serverKey}`,
    `--bind-address=${host}`,
    `--secure-port=${ports.apiserver}`,
    // Validation refuses a loopback address as the endpoint of the `kubernetes` Service: then it has none.
    `--advertise-address=${host}`,
    '--endpoint-reconciler-type=none',
    `--tls-cert-file=${files.serverCertificate}`,
    `--tls-private-key-file=${files.serverKey}`,
    `--token-auth-file=${files.tokenFile}`,
    '--authorization-mode=Node,RBAC',
    '--enable-admission-plugins=NodeRestriction',
    ...(choices.controllerManager
      ? []
      : ['--disable-admission-plugins=ServiceAccount,TaintNodesByCondition']),
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${files.serviceAccountKey}`,
    `--service-account-signing-key-file=${files.serviceAccountKey}`,
    '--service-cluster-ip-range=10.96.0.0/16',
    // CSI node plugins are privileged pods.
    '--allow-privileged=true',
    // By its name a node would be looked up in a DNS that does not know it.
    '--kubelet-preferred-address-types=InternalIP',
    // As kubeadm: nodes know the API server by its certificate, and it takes theirs as it comes.
    `--client-ca-file=${files.caFile}`,
    `--kubelet-client-certificate=${files.kubeletClientCertificate}`,
    `--kubelet-client-key=${files.kubeletClientKey}`,
    ...(choices.audit
      ? [`--audit-policy-file=${files.auditPolicy}`, `--audit-log-path=${files.auditLog}`]
      : []),
    ...choices.more,
  ];
}

export function controllerManagerArguments({ host, ports, files }: ArgumentInput): readonly string[] {
  return [
    `--kubeconfig=${files.kubeconfigOf('system:kube-controller-manager')}`,
    `--bind-address=${host}`,
    `--secure-port=${ports.controllerManager}`,
    '--leader-elect=false',
    '--use-service-account-credentials',
    `--service-account-private-key-file=${files.serviceAccountKey}`,
    `--root-ca-file=${files.caFile}`,
    // Every controller asks for a token of its own at the start: by default (20/s) that alone takes five seconds.
    '--kube-api-qps=300',
    '--kube-api-burst=600',
  ];
}

export function schedulerArguments({ host, ports, files }: ArgumentInput): readonly string[] {
  return [
    `--kubeconfig=${files.kubeconfigOf('system:kube-scheduler')}`,
    `--bind-address=${host}`,
    `--secure-port=${ports.scheduler}`,
    '--leader-elect=false',
  ];
}
