import { numberParameter, textParameter } from '../../faults/fault.ts';
import { parseSubnetId, resourceId, resourceKey } from '../arm/resource-id.ts';
import type { FaultBook } from '../faults/fault-kinds.ts';
import type { AzureState } from '../state/open-state.ts';
import { filesystemAddresses } from '../storage-cache/filesystem-addresses.ts';
import { type Subnet, usableAddresses, type VirtualNetwork } from './virtual-network.ts';

export interface FoundSubnet {
  /** In the case the network was made with. */
  readonly id: string;
  readonly network: VirtualNetwork;
  readonly subnet: Subnet;
  /** Addresses resources may take, and those they have taken. */
  readonly limit: number;
  readonly used: number;
}

/** The subnets of the subscription and what is left in them. */
export interface Subnets {
  /** By resource ID in any case. */
  find(id: string): FoundSubnet | undefined;
  of(network: VirtualNetwork): readonly FoundSubnet[];
}

export function createSubnets(state: AzureState, faults: FaultBook, subscriptionId: string): Subnets {
  const used = (id: string, subnet: Subnet): number => {
    const taken = state.filesystems
      .all()
      .filter((filesystem) => filesystem.filesystemSubnet.toLowerCase() === id.toLowerCase())
      .reduce((sum, filesystem) => sum + filesystemAddresses(state, filesystem), 0);
    const fault = faults.standing(
      'subnet-full',
      undefined,
      (candidate) =>
        textParameter(candidate, 'subnet', subnet.name).toLowerCase() === subnet.name.toLowerCase(),
    );
    const leftByFault = fault === undefined ? Infinity : numberParameter(fault, 'free', 0);
    return Math.max(taken, usableAddresses(subnet) - leftByFault);
  };
  const describe = (network: VirtualNetwork, subnet: Subnet): FoundSubnet => {
    const id = subnetId(subscriptionId, network, subnet);
    return { id, network, subnet, limit: usableAddresses(subnet), used: used(id, subnet) };
  };
  return {
    find: (id) => {
      const name = parseSubnetId(id);
      if (name?.subscriptionId.toLowerCase() !== subscriptionId.toLowerCase()) return undefined;
      const network = state.virtualNetworks.get(
        resourceKey({ resourceGroup: name.resourceGroup, name: name.vnet }),
      );
      const subnet = network?.subnets.find(
        (candidate) => candidate.name.toLowerCase() === name.subnet.toLowerCase(),
      );
      return network === undefined || subnet === undefined ? undefined : describe(network, subnet);
    },
    of: (network) => network.subnets.map((subnet) => describe(network, subnet)),
  };
}

export function subnetId(subscriptionId: string, network: VirtualNetwork, subnet: Subnet): string {
  return `${resourceId(subscriptionId, 'Microsoft.Network/virtualNetworks', network)}/subnets/${subnet.name}`;
}
