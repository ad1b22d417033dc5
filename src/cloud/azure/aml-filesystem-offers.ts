import type { AmlFilesystems, SubnetName } from './aml-filesystem.ts';
import { amlFilesystemSkus } from './aml-filesystem-skus.ts';
import { parseRequiredSubnetSize, parseUsages } from './aml-filesystem-wire.ts';
import type { AmlFilesystemsOptions } from './aml-filesystems.ts';
import { armPath, subscriptionPath } from './arm-path.ts';
import { AzureError } from './azure-error.ts';
import { expiringValue } from './expiring-value.ts';

type Offers = Pick<AmlFilesystems, 'skus' | 'requiredSubnetSize' | 'freeSubnetAddresses' | 'quota'>;

const networkApiVersion = '2024-05-01';
const skuLifetimeMs = 5 * 60_000;
/** The list of SKUs is shared by callers with their own deadlines, so it has one of its own. */
const skuLoadMs = 60_000;

/** What Azure says before anything is created: sizes on offer, room in the network, quota. */
export function amlFilesystemOffers({
  client,
  subscriptionId,
  apiVersion,
  clock,
}: AmlFilesystemsOptions): Offers {
  const provider = () => subscriptionPath(subscriptionId) + armPath('providers', 'Microsoft.StorageCache');

  const allSkus = expiringValue(clock, skuLifetimeMs, async () =>
    client.list({ method: 'GET', path: `${provider()}/skus`, apiVersion }, AbortSignal.timeout(skuLoadMs)),
  );

  return {
    async skus(location, signal) {
      const entries = await allSkus.get(signal).catch((error: unknown) => {
        if (error instanceof AzureError) throw error;
        throw new AzureError('aborted', 'ended by the caller while the SKUs were read', { cause: error });
      });
      return amlFilesystemSkus(entries, location);
    },

    async requiredSubnetSize(sku, storageCapacityTiB, signal) {
      const path = `${provider()}/getRequiredAmlFSSubnetsSize`;
      const body = { sku: { name: sku }, storageCapacityTiB };
      const answer = await client.send({ method: 'POST', path, apiVersion, body }, signal);
      return parseRequiredSubnetSize(answer.body);
    },

    async freeSubnetAddresses(subnet, signal) {
      const path = `${vnetPath(subnet)}/usages`;
      const entries = await client.list({ method: 'GET', path, apiVersion: networkApiVersion }, signal);
      const id = `${decodeURIComponent(vnetPath(subnet))}/subnets/${subnet.subnet}`.toLowerCase();
      const found = parseUsages(entries).find((usage) => usage.id?.toLowerCase() === id);
      return found && found.limit - found.currentValue;
    },

    async quota(location, signal) {
      const path = `${provider()}${armPath('locations', location)}/usages`;
      const entries = await client.list({ method: 'GET', path, apiVersion }, signal);
      const found = parseUsages(entries).find(({ name }) => /^amlfilesystems?$/i.test(name?.value ?? ''));
      return found && { used: found.currentValue, limit: found.limit };
    },
  };
}

function vnetPath({ subscriptionId, resourceGroup, vnet }: SubnetName): string {
  const group = subscriptionPath(subscriptionId) + armPath('resourceGroups', resourceGroup);
  return group + armPath('providers', 'Microsoft.Network', 'virtualNetworks', vnet);
}
