import type { AmlFilesystemSku } from '../../../cloud/azure/aml-filesystem.ts';

/**
 * SKUs as the service's documentation lists them, for explaining a manifest without asking Azure. Regions differ, so
 * a plan that is acted on always uses the live list.
 */
export const builtinSkus: readonly (AmlFilesystemSku & { readonly megabytesPerSecondPerTiB: number })[] = [
  sku('AMLFS-Durable-Premium-40', 40, 48, 768, 12_768),
  sku('AMLFS-Durable-Premium-125', 125, 16, 128, 4096),
  sku('AMLFS-Durable-Premium-250', 250, 8, 128, 2048),
  sku('AMLFS-Durable-Premium-500', 500, 4, 128, 1024),
];

function sku(
  name: string,
  megabytesPerSecondPerTiB: number,
  incrementTiB: number,
  maximumTiB: number,
  largeMaximumTiB: number,
) {
  return {
    name,
    zones: ['1', '2', '3'],
    incrementTiB,
    maximumTiB,
    largeMaximumTiB,
    megabytesPerSecondPerTiB,
  };
}

/** Azure's guidance for the subnet of one file system, by its size in TiB. */
const subnetGuidance: readonly { readonly upToTiB: number; readonly prefix: string }[] = [
  { upToTiB: 16, prefix: '/27' },
  { upToTiB: 40, prefix: '/26' },
  { upToTiB: 92, prefix: '/25' },
  { upToTiB: 196, prefix: '/24' },
  { upToTiB: 400, prefix: '/23' },
];

/** Smallest subnet that Azure's guidance names for this size, or undefined beyond the guidance. */
export function guidedSubnet(capacityTiB: number): string | undefined {
  return subnetGuidance.find(({ upToTiB }) => capacityTiB <= upToTiB)?.prefix;
}
