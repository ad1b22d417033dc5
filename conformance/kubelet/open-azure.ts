import { chmod, copyFile, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type FileSystem, openCloudView } from '../../demo/cloud-view.ts';
import { systemClock } from '../../src/async/clock.ts';
import { writeAzureFiles } from '../../src/cli/sandbox/azure-files.ts';
import { createRunCommand } from '../../src/mount/run-command.ts';
import { startAzureCloud } from '../../src/sandbox/clouds/azure/start-azure-cloud.ts';
import { startLustreServers } from '../../src/sandbox/lustre/lustre-servers.ts';
import { openAuthority } from '../../src/sandbox/pki/authority.ts';
import { stateDir } from '../../src/sandbox/state/state-dir.ts';
import { silentLog } from '../../src/telemetry/log.ts';
import type { CleansUp } from '../control-plane/open-control-plane.ts';
import { lustreStateDir } from './lustre-stand-in.ts';
import { nodeAddress } from './prepare-machine.ts';

/** What Azure Stack puts on its nodes beside azure.json: where its endpoints are, and who signed their certificates. */
export const azureStackDir = '/etc/kubernetes/azurestack';
const LNET_PORT = 988;

export interface Azure {
  /** Of the file system that is there from the beginning. */
  readonly mgsAddress: string;
  /** Those made for claims, whatever their state. */
  fileSystems(): Promise<readonly FileSystem[]>;
}

/** A simulated Azure at the node's address, its files on the node as AKS writes them, and each MGS on LNet's port. */
export async function openAzure(t: CleansUp, timeScale: number): Promise<Azure> {
  await mkdir(azureStackDir, { recursive: true });
  const authority = await openAuthority(join(lustreStateDir, 'pki'));
  const tls = await authority.issue({ commonName: 'arm', dnsNames: [], ipAddresses: [nodeAddress] });
  const cloud = await startAzureCloud({ stateDir: lustreStateDir, host: nodeAddress, tls, timeScale });
  t.after(() => cloud.close());
  const lustre = { stateDir: lustreStateDir, port: LNET_PORT, run: createRunCommand(), log: silentLog };
  const servers = await startLustreServers(lustre);
  t.after(() => servers.close());
  const caFile = join(azureStackDir, 'ca.crt');
  await copyFile(authority.caFile, caFile);
  const files = {
    ...stateDir(lustreStateDir),
    azureConfigFile: '/etc/kubernetes/azure.json',
    azureEnvironmentFile: join(azureStackDir, 'environment.json'),
  };
  await writeAzureFiles(files, cloud, caFile);
  await chmod(files.azureConfigFile, 0o600);
  const mgsAddress = cloud.mgsAddress ?? '';
  const view = openCloudView(
    { ...cloud, arm: cloud.url, mgsAddress },
    await readFile(caFile, 'utf8'),
    systemClock,
  );
  return {
    mgsAddress,
    fileSystems: async () => (await view.list()).filter(({ name }) => name.startsWith('pvc-')),
  };
}
