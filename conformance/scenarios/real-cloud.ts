import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type FileSystem, openCloudView } from '../../demo/cloud-view.ts';
import { systemClock } from '../../src/async/clock.ts';
import { writeAzureFiles } from '../../src/cli/sandbox/azure-files.ts';
import { type AzureCloud, startAzureCloud } from '../../src/sandbox/clouds/azure/start-azure-cloud.ts';
import { openAuthority } from '../../src/sandbox/pki/authority.ts';
import type { StateDir } from '../../src/sandbox/state/state-dir.ts';

export interface RealCloud {
  readonly cloud: AzureCloud;
  /** Those made for claims, whatever their state. */
  fileSystems(): Promise<readonly FileSystem[]>;
}

/** A simulated Azure behind HTTPS, with the files in `dir` that lead `berth controller` to it. */
export async function openRealCloud(dir: StateDir, timeScale: number): Promise<RealCloud> {
  const authority = await openAuthority(dir.pki);
  const tls = await authority.issue({ commonName: 'arm', dnsNames: [], ipAddresses: ['127.0.0.1'] });
  const cloud = await startAzureCloud({ stateDir: dir.root, tls, timeScale });
  await writeAzureFiles(dir, cloud, authority.caFile);
  const view = openCloudView(
    { ...cloud, arm: cloud.url, mgsAddress: cloud.mgsAddress ?? '' },
    await readFile(join(dir.pki, 'ca.crt'), 'utf8'),
    systemClock,
  );
  return {
    cloud,
    fileSystems: async () => (await view.list()).filter(({ name }) => name.startsWith('pvc-')),
  };
}
