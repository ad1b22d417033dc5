/** A SKU of amlFilesystems. Sizes in TiB; the step is the smallest size too. */
export interface Sku {
  readonly name: string;
  readonly bandwidthPerTiB: number;
  readonly stepTiB: number;
  readonly maximumTiB: number;
  readonly largeMaximumTiB: number;
}

/** Source: the service's documentation and the capabilities of its SKU list. */
export const skus: readonly Sku[] = [
  sku(40, 48, 768, 12_768),
  sku(125, 16, 128, 4096),
  sku(250, 8, 128, 2048),
  sku(500, 4, 128, 1024),
];

function sku(bandwidth: number, step: number, maximum: number, large: number): Sku {
  return {
    name: `AMLFS-Durable-Premium-${bandwidth}`,
    bandwidthPerTiB: bandwidth,
    stepTiB: step,
    maximumTiB: maximum,
    largeMaximumTiB: large,
  };
}

/** Zones a region offers the service in. Azure says "none" in two ways, an empty list and null: both occur here. */
const zonesByLocation: Readonly<Record<string, readonly string[] | null>> = {
  eastus: ['1', '2', '3'],
  eastus2: ['1', '2', '3'],
  germanywestcentral: ['1', '2', '3'],
  japaneast: ['1', '2', '3'],
  northcentralus: null,
  westeurope: ['1', '2', '3'],
  westus: [],
};

export const locations: readonly string[] = Object.keys(zonesByLocation);

export function zonesOf(location: string): readonly string[] {
  return zonesByLocation[location] ?? [];
}

export function findSku(name: string): Sku | undefined {
  return skus.find((candidate) => candidate.name === name);
}

/**
 * Addresses a file system takes in its subnet: five, and five more for each step of its size. This is the one line
 * through the service's sample (48 TiB of Premium-40 take 10) that agrees with every row of its sizing table
 * (4 to 16 TiB of Premium-500 in a /27, up to 40 in a /26, 92 in a /25, 196 in a /24, 400 in a /23).
 */
export function requiredAddresses(of: Sku, capacityTiB: number): number {
  return 5 + 5 * Math.ceil(capacityTiB / of.stepTiB);
}

/** The list `Microsoft.StorageCache/skus` serves: an entry for each SKU in each location, other products' among them. */
export function skuEntries(): readonly { readonly key: string; readonly value: object }[] {
  return locations.flatMap((location) => [
    { key: `${location}/caches`, value: cacheEntry(location) },
    ...skus.map((entry) => ({ key: `${location}/${entry.name}`, value: skuEntry(entry, location) })),
  ]);
}

function skuEntry(entry: Sku, location: string): object {
  return {
    resourceType: 'amlFilesystems',
    name: entry.name,
    locations: [location],
    locationInfo: [{ location, zones: zonesByLocation[location] ?? null }],
    capabilities: [
      { name: 'OSS capacity increment (TiB)', value: String(entry.stepTiB) },
      { name: 'MDS capacity increment (TiB)', value: '8' },
      { name: 'default maximum capacity (TiB)', value: String(entry.maximumTiB) },
      { name: 'large cluster maximum capacity (TiB)', value: String(entry.largeMaximumTiB) },
      { name: 'bandwidth increment (MB/s/TiB)', value: String(entry.bandwidthPerTiB) },
      { name: 'durable', value: 'True' },
    ],
    restrictions: [],
  };
}

function cacheEntry(location: string): object {
  return {
    resourceType: 'caches',
    name: 'Standard_2G',
    locations: [location],
    locationInfo: [{ location, zones: [] }],
    capabilities: [
      { name: 'throughput GB/s', value: '2' },
      { name: 'cache sizes(GB)', value: '3072,6144,12288' },
    ],
    restrictions: [],
  };
}
