import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { systemClock } from '../../async/clock.ts';
import { driverNames } from '../../drivers/catalog.ts';
import type { KubeClient } from '../../kube/client.ts';
import { fixedCredentials } from '../../kube/cluster-config.ts';
import { openKubeClient } from '../../kube/open-kube-client.ts';
import type { ProcessRecord } from '../../mount/process-record.ts';
import { createRunCommand } from '../../mount/run-command.ts';
import { startApiServer } from '../../sandbox/apiserver/start-api-server.ts';
import { type AzureCloud, startAzureCloud } from '../../sandbox/clouds/azure/start-azure-cloud.ts';
import { startLoops } from '../../sandbox/loops/start-loops.ts';
import { installLustreMount } from '../../sandbox/lustre/install-lustre-mount.ts';
import { startLustreServers } from '../../sandbox/lustre/lustre-servers.ts';
import { startNode } from '../../sandbox/node/start-node.ts';
import { type Authority, openAuthority } from '../../sandbox/pki/authority.ts';
import type { PodRuntime } from '../../sandbox/pod-runtime.ts';
import { openProcessList } from '../../sandbox/processes/process-list.ts';
import { readRunFile, type SandboxInfo } from '../../sandbox/state/run-file.ts';
import type { StateDir } from '../../sandbox/state/state-dir.ts';
import type { Log } from '../../telemetry/log.ts';
import { writeAzureFiles } from './azure-files.ts';
import { applyCsiDrivers } from './csi-driver-objects.ts';
import type { Isolation } from './isolation.ts';
import { readKubeconfig, writeKubeconfigs } from './kubeconfigs.ts';
import { sandboxNodeName } from './node-name.ts';
import { freePort, preferredPort } from './ports.ts';
import { superviseDrivers } from './supervise-drivers.ts';
import { waitForDrivers } from './wait-for-drivers.ts';

const HOST = '127.0.0.1';
const runCommand = createRunCommand();

export interface PartsOptions {
  readonly timeScale: number;
  readonly isolation: Isolation;
  /** This process, as `status` and `stop` will look for it. */
  readonly sandbox: ProcessRecord;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** Told how to close each part, right after it started. */
  readonly onClose: (close: () => Promise<unknown>) => void;
}

/** Starts every part of a sandbox, each on what the one before offers, and resolves when all of them answer. */
export async function startParts(dir: StateDir, options: PartsOptions): Promise<SandboxInfo> {
  const processes = openProcessList(dir.processesFile);
  processes.add('sandbox', options.sandbox);
  const authority = await openAuthority(dir.pki);
  const azure = await startCloud(dir, authority, options);
  const { client, serve } = await startCluster(dir, authority, options);
  await applyCsiDrivers(client);
  const lnetPort = await freePort(azure.mgsAddress ?? HOST);
  if (options.isolation !== 'none') serve(await startKubelet(dir, client, lnetPort, options));

  await writeAzureFiles(dir, azure, authority.caFile);
  const drivers = superviseDrivers(dir, { ...options, lnetPort, processes });
  options.onClose(() => Promise.all(drivers.map((driver) => driver.stop())));
  await waitForDrivers(dir, { ...options, client, clock: systemClock });
  return describe(dir, authority, azure);
}

async function startCloud(dir: StateDir, authority: Authority, options: PartsOptions): Promise<AzureCloud> {
  const azure = await startAzureCloud({
    stateDir: dir.root,
    host: HOST,
    port: await preferredPort((await readRunFile(dir))?.info.clouds.azure.arm),
    tls: await serverCertificate(authority),
    timeScale: options.timeScale,
    clock: systemClock,
    log: options.log.child({ part: 'azure' }),
  });
  options.onClose(() => azure.close());
  return azure;
}

async function startCluster(dir: StateDir, authority: Authority, options: PartsOptions) {
  const { signal, log, onClose } = options;
  const earlier = await readKubeconfig(dir);
  const token = earlier?.token ?? randomBytes(32).toString('base64url');
  let runtime: PodRuntime | undefined;
  const api = await startApiServer({
    databaseFile: dir.kubeDatabase,
    host: HOST,
    port: await preferredPort(earlier?.server),
    tls: await serverCertificate(authority),
    tokens: new Map([[token, 'berth-sandbox-admin']]),
    runtime: () => runtime,
    clock: systemClock,
    log: log.child({ part: 'apiserver' }),
  });
  onClose(() => api.close());
  await writeKubeconfigs(dir, { server: api.url, token, caCertificate: authority.caCertificate });
  const client = openKubeClient(
    {
      server: api.url,
      namespace: 'default',
      ca: authority.caCertificate,
      credentials: fixedCredentials({ authorization: `Bearer ${token}` }),
    },
    { userAgent: 'berth-sandbox' },
  );
  const loops = startLoops({ client, clock: systemClock, log: log.child({ part: 'loops' }), signal });
  onClose(() => loops.done);
  await loops.started;
  const serve = (pods: PodRuntime) => {
    runtime = pods;
  };
  return { client, serve };
}

async function startKubelet(dir: StateDir, client: KubeClient, lnetPort: number, options: PartsOptions) {
  const { signal, log, onClose } = options;
  const servers = await startLustreServers({ stateDir: dir.root, port: lnetPort, run: runCommand, log });
  onClose(() => servers.close());
  await installLustreMount({ binDir: dir.bin, stateDir: dir.root, searchPath: process.env.PATH ?? '' });
  const node = await startNode({
    client,
    nodeName: sandboxNodeName,
    rootDir: dir.kubelet,
    logDir: join(dir.logs, 'pods'),
    clock: systemClock,
    log: log.child({ part: 'node' }),
    signal,
    run: runCommand,
  });
  onClose(() => node.close());
  return node;
}

function serverCertificate(authority: Authority) {
  return authority.issue({ commonName: 'berth-sandbox', dnsNames: ['localhost'], ipAddresses: [HOST] });
}

function describe(dir: StateDir, authority: Authority, azure: AzureCloud): SandboxInfo {
  const { url: arm, subscriptionId, resourceGroup, location, vnet, subnet, mgsAddress = '' } = azure;
  return {
    kubeconfig: dir.kubeconfig,
    caFile: authority.caFile,
    clouds: { azure: { arm, subscriptionId, resourceGroup, location, vnet, subnet, mgsAddress } },
    drivers: Object.fromEntries(
      driverNames.map((name) => [
        name,
        { controller: `unix://${dir.controllerSocket(name)}`, node: `unix://${dir.nodeSocket(name)}` },
      ]),
    ),
  };
}
