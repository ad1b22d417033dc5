import { content } from '../content.ts';
import { DEFAULT_SUBSCRIPTION_ID } from '../start-azure-cloud.ts';

export const subscription = `/subscriptions/${DEFAULT_SUBSCRIPTION_ID}`;
export const group = `${subscription}/resourceGroups/${content.resourceGroup}`;
export const filesystems = `${group}/providers/Microsoft.StorageCache/amlFilesystems`;
export const network = `${group}/providers/Microsoft.Network/virtualNetworks/${content.vnet}`;

export interface FilesystemSample {
  readonly location?: unknown;
  readonly sku?: unknown;
  readonly zones?: unknown;
  readonly tags?: unknown;
  readonly identity?: unknown;
  readonly properties?: Readonly<Record<string, unknown>>;
}

/** The body of a PUT that is accepted, with `changes` to it. A property set to undefined is left out. */
export function filesystemRequest(changes: FilesystemSample = {}): Readonly<Record<string, unknown>> {
  const { properties, ...rest } = changes;
  return {
    location: content.location,
    sku: { name: 'AMLFS-Durable-Premium-500' },
    zones: ['1'],
    ...rest,
    properties: {
      storageCapacityTiB: 4,
      filesystemSubnet: `${network}/subnets/${content.subnet}`,
      maintenanceWindow: { dayOfWeek: 'Sunday', timeOfDayUTC: '02:00' },
      ...properties,
    },
  };
}
