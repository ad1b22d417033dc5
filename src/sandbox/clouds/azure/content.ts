import { randomUUID } from 'node:crypto';
import { resourceKey } from './arm/resource-id.ts';
import { subnetId } from './network/subnets.ts';
import type { VirtualNetwork } from './network/virtual-network.ts';
import type { AzureState } from './state/open-state.ts';
import { allocateMgsAddress } from './storage-cache/mgs-address.ts';

/** The names that a new sandbox has, and that the tutorial uses. */
export const content = {
  resourceGroup: 'my-resource-group',
  location: 'eastus',
  vnet: 'my-vnet',
  /** Room for a hundred of the smallest file systems. */
  subnet: 'my-subnet',
  /** Room for one of the smallest file systems: to see what happens when a subnet is full. */
  smallSubnet: 'my-small-subnet',
  /** There from the beginning, for static provisioning. */
  filesystem: 'my-filesystem',
} as const;

const network: VirtualNetwork = {
  resourceGroup: content.resourceGroup,
  name: content.vnet,
  location: content.location,
  addressPrefix: '10.0.0.0/16',
  subnets: [
    { name: content.subnet, addressPrefix: '10.0.0.0/22' },
    { name: content.smallSubnet, addressPrefix: '10.0.4.0/28' },
  ],
};

/**
 * Fills a state that is new, in one transaction, so that a kill leaves it new. Returns the subscription of the state:
 * the one given, or that which an older state was filled with.
 */
export function fillNewState(state: AzureState, subscriptionId: string, now: number): string {
  return state.transaction(() => {
    const kept = state.settings.get('subscriptionId');
    if (kept !== undefined) return kept;
    const { resourceGroup, location } = content;
    state.resourceGroups.put(resourceGroup, { name: resourceGroup, location, tags: {} });
    state.virtualNetworks.put(resourceKey(network), network);
    state.filesystems.put(resourceKey({ resourceGroup, name: content.filesystem }), {
      resourceGroup,
      name: content.filesystem,
      location,
      tags: {},
      zones: ['1'],
      skuName: 'AMLFS-Durable-Premium-125',
      identity: undefined,
      storageCapacityTiB: 48,
      currentCapacityTiB: 48,
      filesystemSubnet: subnetId(subscriptionId, network, { name: content.subnet, addressPrefix: '' }),
      maintenanceWindow: { dayOfWeek: 'Sunday', timeOfDayUTC: '02:00' },
      extras: {},
      clusterUuid: randomUUID(),
      mgsAddress: allocateMgsAddress(state),
      provisioningState: 'Succeeded',
      serving: true,
      createdAt: now,
    });
    state.settings.put('subscriptionId', subscriptionId);
    return subscriptionId;
  });
}
