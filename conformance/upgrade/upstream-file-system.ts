import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { text } from 'node:stream/consumers';
import { openCloudView } from '../../demo/cloud-view.ts';
import { systemClock } from '../../src/async/clock.ts';
import { upstreamTags } from '../../src/drivers/azure-lustre/testing/upstream-volumes.ts';
import { eventually } from '../testing/kubectl.ts';
import type { TestSandbox } from '../testing/sandbox.ts';

/** Makes a file system in the sandbox's Azure as upstream's driver makes one for a claim; returns its MGS once it has one. */
export async function makeUpstreamFileSystem(
  { info }: TestSandbox,
  name: string,
  claim: string,
): Promise<string> {
  const { arm, subscriptionId, resourceGroup, location, vnet, subnet } = info.clouds.azure;
  const group = `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers`;
  const path = `${group}/Microsoft.StorageCache/amlFilesystems/${name}?api-version=2024-03-01`;
  const ca = await readFile(info.caFile, 'utf8');
  const headers = { authorization: 'Bearer upstream', 'content-type': 'application/json' };
  const asked = request(new URL(path, arm), { method: 'PUT', ca, headers });
  asked.end(
    JSON.stringify({
      location,
      tags: upstreamTags(name, claim),
      zones: ['1'],
      sku: { name: 'AMLFS-Durable-Premium-125' },
      properties: {
        filesystemSubnet: `${group}/Microsoft.Network/virtualNetworks/${vnet}/subnets/${subnet}`,
        maintenanceWindow: { dayOfWeek: 'Sunday', timeOfDayUTC: '22:00' },
        storageCapacityTiB: 16,
      },
    }),
  );
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  assert.equal(answer.statusCode, 201, await text(answer));
  const view = openCloudView(info.clouds.azure, ca, systemClock);
  const ready = await eventually(
    async () => (await view.list()).find((fileSystem) => fileSystem.name === name),
    (found) => Boolean(found?.properties.clientInfo?.mgsAddress),
  );
  return ready?.properties.clientInfo?.mgsAddress ?? '';
}
