import { type ArmResponse, ok } from '../arm/arm-request.ts';
import { page } from '../arm/paging.ts';
import { resourceId, resourceKey } from '../arm/resource-id.ts';
import type { Route, RoutedRequest } from '../arm/router.ts';
import type { Cloud } from '../cloud.ts';
import { findResourceGroup, resourceNotFound } from '../resources/find-resource-group.ts';
import { subnetId } from './subnets.ts';
import type { Subnet, VirtualNetwork } from './virtual-network.ts';

const TYPE = 'Microsoft.Network/virtualNetworks';
const COLLECTION = `/subscriptions/{subscriptionId}/resourceGroups/{resourceGroup}/providers/${TYPE}`;
const ITEM = `${COLLECTION}/{name}`;

/** Virtual networks, which the sandbox only shows: a new one is not made here. */
export function networkRoutes(cloud: Cloud): readonly Route[] {
  const get = (path: string, type: string, handle: Route['handle']): Route => ({
    method: 'GET',
    path,
    type,
    handle,
    namespace: 'Microsoft.Network',
  });
  return [
    get(`/subscriptions/{subscriptionId}/providers/${TYPE}`, 'virtualNetworks', (r) => list(cloud, r)),
    get(COLLECTION, 'virtualNetworks', (routed) => list(cloud, routed)),
    get(ITEM, 'virtualNetworks', (routed) => ok(networkBody(cloud, find(cloud, routed)))),
    get(`${ITEM}/subnets`, 'virtualNetworks/subnets', (routed) => listSubnets(cloud, routed)),
    get(`${ITEM}/subnets/{subnet}`, 'virtualNetworks/subnets', (routed) => getSubnet(cloud, routed)),
    get(`${ITEM}/usages`, 'virtualNetworks/usages', (routed) => usages(cloud, routed)),
  ];
}

function list(cloud: Cloud, { request, parameters }: RoutedRequest): ArmResponse {
  const group = parameters.resourceGroup;
  if (group !== undefined) findResourceGroup(cloud.state, group);
  const entries = cloud.state.virtualNetworks
    .entries()
    .filter(({ value }) => group === undefined || value.resourceGroup.toLowerCase() === group.toLowerCase())
    .map(({ key, value }) => ({ key, value: networkBody(cloud, value) }));
  return page(request, entries, cloud.pageSize);
}

function listSubnets(cloud: Cloud, routed: RoutedRequest): ArmResponse {
  const network = find(cloud, routed);
  const entries = network.subnets.map((subnet) => ({
    key: subnet.name,
    value: subnetBody(cloud, network, subnet),
  }));
  return page(routed.request, entries, cloud.pageSize);
}

function getSubnet(cloud: Cloud, routed: RoutedRequest): ArmResponse {
  const network = find(cloud, routed);
  const name = routed.parameters.subnet ?? '';
  const subnet = network.subnets.find((candidate) => candidate.name.toLowerCase() === name.toLowerCase());
  if (subnet === undefined) {
    throw resourceNotFound(`${TYPE}/${network.name}/subnets`, name, network.resourceGroup);
  }
  return ok(subnetBody(cloud, network, subnet));
}

function usages(cloud: Cloud, routed: RoutedRequest): ArmResponse {
  const entries = cloud.subnets.of(find(cloud, routed)).map(({ id, limit, used }) => ({
    key: id,
    value: {
      id,
      currentValue: used,
      limit,
      name: { value: 'SubnetSpace', localizedValue: 'Subnet size and usage' },
      unit: 'Count',
    },
  }));
  return page(routed.request, entries, cloud.pageSize);
}

function find(cloud: Cloud, { parameters }: RoutedRequest): VirtualNetwork {
  const group = findResourceGroup(cloud.state, parameters.resourceGroup ?? '');
  const name = parameters.name ?? '';
  const network = cloud.state.virtualNetworks.get(resourceKey({ resourceGroup: group.name, name }));
  if (network === undefined) throw resourceNotFound(TYPE, name, group.name);
  return network;
}

function networkBody(cloud: Cloud, network: VirtualNetwork): object {
  return {
    id: resourceId(cloud.subscriptionId, TYPE, network),
    name: network.name,
    type: TYPE,
    location: network.location,
    tags: {},
    properties: {
      provisioningState: 'Succeeded',
      addressSpace: { addressPrefixes: [network.addressPrefix] },
      subnets: network.subnets.map((subnet) => subnetBody(cloud, network, subnet)),
      enableDdosProtection: false,
    },
  };
}

function subnetBody(cloud: Cloud, network: VirtualNetwork, subnet: Subnet): object {
  return {
    id: subnetId(cloud.subscriptionId, network, subnet),
    name: subnet.name,
    type: `${TYPE}/subnets`,
    properties: { provisioningState: 'Succeeded', addressPrefix: subnet.addressPrefix, delegations: [] },
  };
}
