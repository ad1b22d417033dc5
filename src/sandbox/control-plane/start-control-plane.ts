import { access, constants, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clock, systemClock } from '../../async/clock.ts';
import { type ClusterConfig, fixedCredentials } from '../../kube/cluster-config.ts';
import type { ProcessRecord } from '../../mount/process-record.ts';
import { type Log, silentLog } from '../../telemetry/log.ts';
import { type ClusterUser, type ControlPlaneFiles, prepareControlPlaneFiles } from './control-plane-files.ts';
import { freePorts } from './free-ports.ts';
import {
  type ArgumentInput,
  apiserverArguments,
  controllerManagerArguments,
  etcdArguments,
  schedulerArguments,
} from './program-arguments.ts';
import { type RunningPrograms, runPrograms } from './run-programs.ts';
import { waitUntilAnswers } from './wait-until-answers.ts';

export interface ControlPlaneOptions {
  /** Keeps certificates, tokens, etcd's data, logs and the audit log; a start on the same one goes on with the same cluster. */
  readonly directory: string;
  /** Paths of the binaries. Without the last two the cluster is an API server and nothing that acts on what it holds. */
  readonly programs: {
    readonly etcd: string;
    readonly kubeApiserver: string;
    readonly kubeControllerManager?: string;
    readonly kubeScheduler?: string;
  };
  /** An address that the kernel has; default loopback. */
  readonly host?: string;
  /** Of the API server; default any free one. */
  readonly port?: number;
  /** Besides the administrator: each gets a token and a kubeconfig. */
  readonly users?: readonly ClusterUser[];
  /** One JSON line for each request in `auditLog`. */
  readonly audit?: boolean;
  /** More flags, e.g. feature gates. */
  readonly apiserverFlags?: readonly string[];
  readonly launcher?: readonly string[];
  readonly onStart?: (name: string, record: ProcessRecord) => void;
  readonly clock?: Clock;
  readonly log?: Log;
}

export interface ControlPlane {
  /** `https://host:port`. */
  readonly server: string;
  readonly caFile: string;
  /** For `openAuthority`. */
  readonly authorityDirectory: string;
  /** Of the administrator, who may do everything. */
  readonly kubeconfig: string;
  kubeconfigOf(user: string): string;
  /** For `openKubeClient`; default the administrator's. */
  configOf(user?: string): ClusterConfig;
  /** A bearer token; default the administrator's. */
  tokenOf(user?: string): string;
  readonly auditLog: string;
  readonly logs: string;
  /** The running process of one of its programs, by its name, e.g. `kube-apiserver`; it is started again when it ends. */
  processOf(program: string): ProcessRecord | undefined;
  close(): Promise<void>;
}

export const administrator: ClusterUser = { name: 'berth-admin', groups: ['system:masters'] };
const componentUsers: readonly ClusterUser[] = [
  { name: 'system:kube-controller-manager', groups: [] },
  { name: 'system:kube-scheduler', groups: [] },
];
const READY_MS = 60_000;
/** A program may end once because another was not ready; more often, and it will not stop doing so. */
const MOST_STARTS = 2;

/**
 * Starts the real etcd and kube-apiserver, with kube-controller-manager and kube-scheduler where they are given, and
 * resolves when all of them work.
 *
 * @throws Error when one is not ready within a minute or keeps ending, with the end of its log; nothing is left running then.
 */
export async function startControlPlane(options: ControlPlaneOptions): Promise<ControlPlane> {
  const { directory, host = '127.0.0.1', clock = systemClock, log = silentLog } = options;
  await Promise.all(Object.values(options.programs).map(checkExecutable));
  const [etcdClient = 0, etcdPeer = 0, apiserver = 0, controllerManager = 0, scheduler = 0] = await freePorts(
    host,
    5,
  );
  const ports = { etcdClient, etcdPeer, apiserver: options.port || apiserver, controllerManager, scheduler };
  const users = [administrator, ...componentUsers, ...(options.users ?? [])];
  const files = await prepareControlPlaneFiles({ directory, host, port: ports.apiserver, users });
  const logs = join(directory, 'logs');
  await mkdir(logs, { recursive: true, mode: 0o700 });

  const programs = runPrograms({ ...options, logs, clock, log });
  const close = () => programs.stop(['etcd']);
  try {
    await startAll(programs, { directory, host, ports, files }, options, { logs, clock });
  } catch (error) {
    await close();
    throw error;
  }
  const server = `https://${host}:${ports.apiserver}`;
  return {
    server,
    caFile: files.caFile,
    authorityDirectory: files.authorityDirectory,
    kubeconfig: files.kubeconfigOf(administrator.name),
    kubeconfigOf: files.kubeconfigOf,
    tokenOf: (user = administrator.name) => files.tokenOf(user),
    configOf: (user = administrator.name) => ({
      server,
      namespace: 'default',
      ca: files.caCertificate,
      credentials: fixedCredentials({ authorization: `Bearer ${files.tokenOf(user)}` }),
    }),
    auditLog: files.auditLog,
    logs,
    processOf: programs.processOf,
    close,
  };
}

async function startAll(
  programs: RunningPrograms,
  input: ArgumentInput,
  options: ControlPlaneOptions,
  { logs, clock }: { readonly logs: string; readonly clock: Clock },
): Promise<void> {
  const { host, ports, files } = input;
  const { etcd, kubeApiserver, kubeControllerManager, kubeScheduler } = options.programs;
  const answers = (name: string, path: string, how: object) =>
    waitUntilAnswers(
      {
        name,
        url: `https://${host}:${path}`,
        ca: files.caCertificate,
        gaveUp: () => programs.startsOf(name) > MOST_STARTS,
        logFile: join(logs, `${name}.log`),
        ...how,
      },
      clock,
      READY_MS,
    );

  programs.start('etcd', etcd, etcdArguments(input));
  await answers('etcd', `${ports.etcdClient}/health`, { certificate: await certificateOf(files) });
  const choices = {
    controllerManager: kubeControllerManager !== undefined,
    audit: options.audit ?? false,
    more: options.apiserverFlags ?? [],
  };
  programs.start('kube-apiserver', kubeApiserver, apiserverArguments(input, choices));
  const bearer = files.tokenOf(administrator.name);
  await answers('kube-apiserver', `${ports.apiserver}/readyz`, { bearer });
  if (kubeScheduler !== undefined) {
    programs.start('kube-scheduler', kubeScheduler, schedulerArguments(input));
  }
  if (kubeControllerManager !== undefined) {
    programs.start('kube-controller-manager', kubeControllerManager, controllerManagerArguments(input));
    // Its own readiness says nothing of its controllers; a service account is made by one of the last to start.
    const account = `${ports.apiserver}/api/v1/namespaces/default/serviceaccounts/default`;
    await answers('kube-controller-manager', account, { bearer });
  }
  if (kubeScheduler !== undefined) {
    await answers('kube-scheduler', `${ports.scheduler}/readyz`, { insecure: true });
  }
}

async function checkExecutable(path: string): Promise<void> {
  await access(path, constants.X_OK).catch((error: unknown) => {
    throw new Error(`${path} is not a program that can be started`, { cause: error });
  });
}

async function certificateOf(files: ControlPlaneFiles) {
  const [cert, key] = await Promise.all([
    readFile(files.serverCertificate, 'utf8'),
    readFile(files.serverKey, 'utf8'),
  ]);
  return { cert, key };
}
