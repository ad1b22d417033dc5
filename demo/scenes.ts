import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { FullSandboxInfo } from '../src/sandbox/state/run-file.ts';
import type { CloudView } from './cloud-view.ts';
import type { Cluster } from './cluster.ts';
import type { EfsView } from './efs-view.ts';
import type { Screen } from './screen.ts';
import type { WatchClaim } from './watch-claim.ts';

export interface Stage {
  readonly info: FullSandboxInfo;
  readonly cluster: Cluster;
  readonly cloud: CloudView;
  readonly efs: EfsView;
  readonly watchClaim: WatchClaim;
  readonly screen: Screen;
  /** With `none` there is no node, so nothing can be mounted. */
  readonly isolation: string;
}

const examples = 'examples/azure-lustre';
const SHOW_DATES_MS = 2_500;

/** The tutorial's first half: a claim makes a file system, a pod writes to it, deleting the claim removes it. */
export async function dynamicProvisioning(stage: Stage): Promise<void> {
  const { cluster, screen, cloud } = stage;
  screen.heading('Dynamic provisioning: the claim makes the file system');
  await cluster.apply(`${examples}/storageclass_dynprov_lustre.yaml`);
  await cluster.apply(`${examples}/pvc_storageclass_dynprov.yaml`);
  await stage.watchClaim('pvc-lustre-dynprov');
  await cluster.get('pvc');
  await cluster.describeClaim('pvc-lustre-dynprov');
  screen.say('In the simulated Azure:');
  screen.output(await cloud.describe());

  if (stage.isolation === 'none') {
    screen.say('No pod is started: this machine allows no mounts (see above).');
    await cluster.delete('pvc', 'pvc-lustre-dynprov');
  } else {
    await writeDates(stage, 'pod_echo_date_dynprov.yaml', 'lustre-echo-date-dynprov');
    screen.heading('Clean-up: reclaimPolicy Delete removes the file system with its claim');
    await cluster.delete('pvc', 'pvc-lustre-dynprov', ['--wait=false']);
    screen.say('A claim whose pod still runs waits for the pod, as in every Kubernetes:');
    await cluster.get('pvc');
    await deletePod(stage, 'lustre-echo-date-dynprov');
    await cluster.waitDeleted('pvc', 'pvc-lustre-dynprov');
  }
  await cloud.waitForCount(1);
  await cluster.delete('storageclass', 'azurelustre-dynprov');
  screen.say('The file system of the claim is gone from Azure; the one that was there before is untouched:');
  screen.output(await cloud.describe());
}

/** The second half: claims on a file system that exists already and that Berth never deletes. */
export async function staticProvisioning(stage: Stage): Promise<void> {
  const { cluster, screen, cloud, info } = stage;
  screen.heading('Static provisioning: the claim uses a file system that exists');
  const directory = await mkdtemp(join(tmpdir(), 'berth-demo-'));
  try {
    const storageClass = join(directory, 'storageclass_existing_lustre.yaml');
    const template = await readFile(`${examples}/${basename(storageClass)}`, 'utf8');
    const { mgsAddress } = info.clouds.azure;
    const filled = template
      .replace('EXISTING_LUSTRE_FS_NAME', 'lustrefs')
      .replace('EXISTING_LUSTRE_IP_ADDRESS', mgsAddress);
    await writeFile(storageClass, filled);
    screen.say(`storageclass_existing_lustre.yaml with fs-name lustrefs and mgs-ip-address ${mgsAddress}:`);
    await cluster.create(storageClass);
    await cluster.create(`${examples}/pvc_storageclass.yaml`);
    await stage.watchClaim('pvc-lustre');
    await cluster.get('pvc,pv');
    if (stage.isolation !== 'none') {
      await writeDates(stage, 'pod_echo_date.yaml', 'lustre-echo-date');
      await deletePod(stage, 'lustre-echo-date');
    }
    await cluster.delete('pvc', 'pvc-lustre');
    await cluster.delete('storageclass', 'azurelustre-static');
    screen.say('Only Kubernetes’ objects went. The file system is kept:');
    screen.output(await cloud.describe());
  } finally {
    await rm(directory, { recursive: true });
  }
}

async function writeDates({ cluster, screen }: Stage, manifest: string, pod: string): Promise<void> {
  screen.heading('A pod writes to it');
  await cluster.apply(`${examples}/${manifest}`);
  await cluster.waitReady(pod);
  const disks = await cluster.exec(pod, ['df', '-h']);
  const line = disks.split('\n').find((row) => row.includes('@tcp:/lustrefs') && row.endsWith('/mnt/lustre'));
  if (!line) throw new Error('df -h in the pod shows no Lustre file system at /mnt/lustre');
  screen.say(`There it is: ${line.replace(/\s+/g, ' ')}`);
  const dates = await cluster.exec(pod, ['tail', '-f', '/mnt/lustre/outfile'], SHOW_DATES_MS);
  if (!dates.trim()) throw new Error('the pod has written nothing to /mnt/lustre/outfile');
  screen.say('The container sends its dates to the file, so its own log stays empty:');
  await cluster.followLogs(pod, SHOW_DATES_MS / 2);
}

/** The tutorial's shell loop ignores SIGTERM, so without the flag the pod would take its 30 seconds of grace. */
async function deletePod({ cluster }: Stage, pod: string): Promise<void> {
  await cluster.delete('pod', pod, ['--grace-period=1']);
}
