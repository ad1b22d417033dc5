import type { SubnetName } from '../../../cloud/azure/aml-filesystem.ts';
import type { AzureCloudConfig } from '../../../cloud/azure/cloud-config.ts';
import type { Refusal } from '../../refusal.ts';
import type { DynamicIntent } from '../dynamic-intent.ts';

/** Where a file system goes: the class's words, completed by the cloud configuration. Empty strings where refused. */
export interface Placement {
  readonly resourceGroup: string;
  /** As ARM wants it: lower case, no spaces. */
  readonly location: string;
  readonly subnet: SubnetName;
  readonly subnetId: string;
}

export function readPlacement(
  intent: DynamicIntent,
  config: AzureCloudConfig,
): { readonly placement: Placement; readonly refusals: readonly Refusal[] } {
  const refusals: Refusal[] = [];
  const resourceGroup = intent.resourceGroup ?? config.resourceGroup ?? '';
  if (resourceGroup === '') refusals.push(missing('resource-group-name'));
  const location = normalLocation(intent.location ?? config.location ?? '');
  if (location === '') refusals.push(missing('location'));
  const subnet = {
    subscriptionId: config.networkSubscriptionId ?? config.subscriptionId ?? '',
    resourceGroup:
      intent.vnetResourceGroup ?? config.vnetResourceGroup ?? config.resourceGroup ?? resourceGroup,
    vnet: intent.vnetName ?? config.vnetName ?? '',
    subnet: intent.subnetName ?? config.subnetName ?? '',
  };
  const absent = [
    ...(subnet.vnet === '' ? ['vnet-name'] : []),
    ...(subnet.subnet === '' ? ['subnet-name'] : []),
    ...(subnet.resourceGroup === '' ? ['vnet-resource-group'] : []),
  ];
  if (absent.length > 0)
    refusals.push({
      code: 'invalid-argument',
      field: `parameters.${absent[0]}`,
      message:
        'invalid subnet info, must have valid subnet ID, subnet name, vnet name, and vnet resource group',
      fix: `set ${absent.join(' and ')}, which the cloud configuration does not give either`,
      dependsOn: 'cluster',
    });
  return { placement: { resourceGroup, location, subnet, subnetId: subnetIdOf(subnet) }, refusals };
}

/** `East US` and `eastus` are one region. */
export function normalLocation(location: string): string {
  return location.toLowerCase().replaceAll(' ', '');
}

function subnetIdOf(subnet: SubnetName): string {
  return `/subscriptions/${subnet.subscriptionId}/resourceGroups/${subnet.resourceGroup}/providers/Microsoft.Network/virtualNetworks/${subnet.vnet}/subnets/${subnet.subnet}`;
}

function missing(key: string): Refusal {
  return {
    code: 'invalid-argument',
    field: `parameters.${key}`,
    message: `CreateVolume Parameter ${key} must be provided, the cloud configuration has no default for it`,
    fix: `set ${key} in the StorageClass`,
    dependsOn: 'cluster',
  };
}
