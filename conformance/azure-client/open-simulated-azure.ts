import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Clock } from '../../src/async/clock.ts';
import { createFakeClock, type FakeClock } from '../../src/async/testing/fake-clock.ts';
import { openAzure } from '../../src/cloud/azure/open-azure.ts';
import { createEagerClock } from '../../src/cloud/azure/testing/eager-clock.ts';
import { type AzureCloud, startAzureCloud } from '../../src/sandbox/clouds/azure/start-azure-cloud.ts';
import { openAuthority } from '../../src/sandbox/pki/authority.ts';
import { silentLog } from '../../src/telemetry/log.ts';

export interface SimulatedAzure {
  readonly cloud: AzureCloud;
  /** The cloud's time, 1:1 with Azure's. */
  readonly clock: FakeClock;
  /** What the client waited, in milliseconds; its waits end at once. */
  readonly waited: readonly number[];
  /** The real client, as a controller opens it; each one knows nothing of the others. */
  open(more?: {
    readonly env?: Readonly<Record<string, string>>;
    readonly apiVersion?: string;
  }): Promise<AzurePorts>;
}

export type AzurePorts = Awaited<ReturnType<typeof openAzure>>;

/** A simulated Azure of its own for one test, with the files that lead Berth's client to it. */
export async function openSimulatedAzure(t: TestContext): Promise<SimulatedAzure> {
  const directory = await mkdtemp(join(tmpdir(), 'berth-azure-client-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  const authority = await openAuthority(directory);
  const tls = await authority.issue({ commonName: 'arm', dnsNames: [], ipAddresses: ['127.0.0.1'] });
  const clock = createFakeClock();
  const cloud = await startAzureCloud({ stateDir: directory, tls, clock, timeScale: 1 });
  t.after(() => cloud.close());
  const environmentFile = join(directory, 'environment.json');
  const caFile = join(directory, 'trusted.pem');
  await writeFile(caFile, authority.caCertificate);
  await writeFile(
    environmentFile,
    JSON.stringify({ resourceManagerEndpoint: cloud.url, activeDirectoryEndpoint: cloud.url, caFile }),
  );
  const azureJson = join(directory, 'azure.json');
  const { subscriptionId, tenantId, resourceGroup, location } = cloud;
  await writeFile(azureJson, JSON.stringify({ subscriptionId, tenantId, resourceGroup, location }));
  const waits = createEagerClock(clock.now());
  /** The cloud's time, with waits that do not hold up the test. */
  const clientClock: Clock = { now: clock.now, sleep: waits.sleep };
  return {
    cloud,
    clock,
    waited: waits.slept,
    open: (more = {}) =>
      openAzure({
        azureJson,
        environmentFile,
        userAgent: 'berth/conformance',
        env: { AZURE_CLIENT_ID: 'test', AZURE_CLIENT_SECRET: 'test', ...more.env },
        apiVersion: more.apiVersion,
        clock: clientClock,
        random: () => 0.5,
        log: silentLog,
      }),
  };
}
