/** A resource in a resource group. Azure keeps the case names were created with and compares them without. */
export interface ResourceName {
  readonly resourceGroup: string;
  readonly name: string;
}

/** The key one resource has in the state, whatever case it is asked for in. */
export function resourceKey(resource: ResourceName): string {
  return `${resource.resourceGroup}/${resource.name}`.toLowerCase();
}

/** The key of a resource below a file system, such as one of its expansion jobs. */
export function childKey(filesystem: ResourceName, ...names: string[]): string {
  return [resourceKey(filesystem), ...names.map((name) => name.toLowerCase())].join('/');
}

/** A resource ID, e.g. of type `Microsoft.Network/virtualNetworks`. */
export function resourceId(subscriptionId: string, type: string, resource: ResourceName): string {
  return `/subscriptions/${subscriptionId}/resourceGroups/${resource.resourceGroup}/providers/${type}/${resource.name}`;
}

export interface SubnetId {
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly vnet: string;
  readonly subnet: string;
}

const SUBNET =
  /^\/subscriptions\/([^/]+)\/resourceGroups\/([^/]+)\/providers\/Microsoft\.Network\/virtualNetworks\/([^/]+)\/subnets\/([^/]+)$/i;

export function parseSubnetId(id: string): SubnetId | undefined {
  const [, subscriptionId, resourceGroup, vnet, subnet] = SUBNET.exec(id) ?? [];
  if (!subscriptionId || !resourceGroup || !vnet || !subnet) return undefined;
  return { subscriptionId, resourceGroup, vnet, subnet };
}

/** `East US` and `eastus` are one region; ARM answers with the second form. */
export function normalLocation(location: string): string {
  return location.replaceAll(' ', '').toLowerCase();
}
