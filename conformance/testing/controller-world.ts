import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openCloudView } from '../../demo/cloud-view.ts';
import { systemClock } from '../../src/async/clock.ts';
import type { KubeClient } from '../../src/kube/client.ts';
import { fixedCredentials } from '../../src/kube/cluster-config.ts';
import { openKubeClient } from '../../src/kube/open-kube-client.ts';
import { startApiServer } from '../../src/sandbox/apiserver/start-api-server.ts';
import { type AzureCloud, startAzureCloud } from '../../src/sandbox/clouds/azure/start-azure-cloud.ts';
import { startLoops } from '../../src/sandbox/loops/start-loops.ts';
import { openAuthority } from '../../src/sandbox/pki/authority.ts';
import { silentLog } from '../../src/telemetry/log.ts';
import { type Passage, type PassingRequest, startCountingProxy } from './counting-proxy.ts';

/** A cluster and a simulated Azure in this process, and a controller in a process of its own that can be killed. */
export interface ControllerWorld {
  readonly client: KubeClient;
  readonly azure: AzureCloud;
  /** The file systems that Azure has for claims, or all of them, by name. */
  fileSystems(which?: 'all'): Promise<readonly string[]>;
  /** Whom the controller's requests to Azure and its writes to the API server are shown to. */
  watch(passage: Passage): void;
  /** kill -9; resolves when it has really ended. */
  kill(): Promise<void>;
  /** A new controller, after a `kill`. */
  restart(): Promise<void>;
  /** All that its controllers have written to standard error. */
  log(): Promise<string>;
  close(): Promise<void>;
}

/** How much faster than Azure: a file system is made in about a third of a second. */
const TIME_SCALE = 2_000;

/** What no log and no event may show; it is in all credentials. */
export const canary = 'hunter2';

const TOKEN = `${canary}-kubernetes`;

export async function openControllerWorld(program: string): Promise<ControllerWorld> {
  const directory = await mkdtemp(join(tmpdir(), 'berth-crash-'));
  const closers: (() => Promise<unknown>)[] = [() => rm(directory, { recursive: true, force: true })];
  const authority = await openAuthority(join(directory, 'pki'));
  const tls = await authority.issue({
    commonName: 'test',
    dnsNames: ['localhost'],
    ipAddresses: ['127.0.0.1'],
  });
  const ca = authority.caCertificate;

  const azure = await startAzureCloud({ stateDir: directory, tls, timeScale: TIME_SCALE });
  const api = await startApiServer({
    databaseFile: join(directory, 'kube.db'),
    host: '127.0.0.1',
    port: 0,
    tls,
    tokens: new Map([[TOKEN, 'test']]),
    runtime: () => undefined,
    clock: systemClock,
    log: silentLog,
  });
  const client = openKubeClient(
    {
      server: api.url,
      namespace: 'default',
      ca,
      credentials: fixedCredentials({ authorization: `Bearer ${TOKEN}` }),
    },
    { userAgent: 'test' },
  );
  const stopLoops = new AbortController();
  const loops = startLoops({ client, clock: systemClock, log: silentLog, signal: stopLoops.signal });
  await loops.started;

  let passage: Passage = (_, goOn) => goOn();
  const shown: Passage = (request, goOn) => passage(request, goOn);
  const arm = await startCountingProxy({ target: azure.url, tls, ca, counts: isWork, passage: shown });
  const kube = await startCountingProxy({ target: api.url, tls, ca, counts: isWrite, passage: shown });
  closers.unshift(
    () => arm.close(),
    () => kube.close(),
    async () => {
      stopLoops.abort();
      await loops.done;
    },
    () => api.close(),
    () => azure.close(),
  );

  const logFile = join(directory, 'controller.log');
  const args = await controllerArguments(directory, {
    arm: arm.url,
    kube: kube.url,
    azure,
    caFile: authority.caFile,
    ca,
  });
  let child: ChildProcess | undefined;
  const kill = async () => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  };
  closers.unshift(kill);
  const view = openCloudView({ ...azure, arm: azure.url, mgsAddress: '' }, ca, systemClock);
  return {
    client,
    azure,
    fileSystems: async (which) =>
      (await view.list())
        .map(({ name }) => name)
        .filter((name) => which === 'all' || name.startsWith('pvc-')),
    watch: (next) => {
      passage = next;
    },
    kill,
    restart: async () => {
      await kill();
      child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
      child.stderr?.on('data', (text: Buffer) => void appendFile(logFile, text));
    },
    log: () => readFile(logFile, 'utf8').catch(() => ''),
    close: async () => {
      for (const close of closers) await close();
    },
  };
}

/** All but the lists by which the controller looks after volumes that nobody has just asked for: they come at any time. */
function isWork({ path }: PassingRequest): boolean {
  return !/\/(amlFilesystems|rebalanceJobs)$/.test(path);
}

/** Leases and events come and go beside the work and decide nothing. */
function isWrite({ method, path }: PassingRequest): boolean {
  return method !== 'GET' && !/\/(events|leases)(\/|$)/.test(path);
}

async function controllerArguments(
  directory: string,
  urls: { arm: string; kube: string; azure: AzureCloud; caFile: string; ca: string },
): Promise<string[]> {
  const kubeconfig = join(directory, 'kubeconfig');
  const tokenFile = join(directory, 'token');
  await writeFile(tokenFile, `${canary}-azure`);
  const cluster = {
    server: urls.kube,
    'certificate-authority-data': Buffer.from(urls.ca).toString('base64'),
  };
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'test',
    clusters: [{ name: 'test', cluster }],
    users: [{ name: 'test', user: { token: TOKEN } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
  };
  await writeFile(kubeconfig, JSON.stringify(config));
  const { subscriptionId, resourceGroup, location, vnet, subnet } = urls.azure;
  return [
    'controller',
    ...[
      '--endpoint',
      `unix://${join(directory, 'csi.sock')}`,
      '--kubeconfig',
      kubeconfig,
      '--no-leader-election',
      '--log-level',
      'debug',
    ],
    ...['--arm-endpoint', urls.arm, '--arm-ca-file', urls.caFile, '--azure-token-file', tokenFile],
    ...['--subscription-id', subscriptionId, '--resource-group', resourceGroup, '--location', location],
    ...['--vnet-name', vnet, '--vnet-resource-group', resourceGroup, '--subnet-name', subnet],
  ];
}
