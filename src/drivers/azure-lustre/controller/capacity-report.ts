import type { AmlFilesystemSku } from '../../../cloud/azure/aml-filesystem.ts';
import type { Call } from '../../../csi/call.ts';
import type { Capacity, CapacityRequest } from '../../../csi/driver.ts';
import type { ControllerPorts } from '../../driver-module.ts';
import { withAzure } from '../azure-failure.ts';
import { bytesOfTiB } from '../capacity.ts';
import { zoneOf } from '../node-zones.ts';
import { readParameterKeys } from '../parameters/parameter-keys.ts';
import { largeClusters, maximumOf } from '../sku-limits.ts';
import { normalLocation } from './placement.ts';

const permissions = ['Microsoft.StorageCache/skus/read', 'Microsoft.StorageCache/locations/usages/read'];

/** A volume on a file system that exists may be said to have any size. */
const anySize = 2n ** 63n - 1n;

/**
 * Room for file systems of a class: what the quota leaves, each of the largest size. The subnet's room is not in it, for
 * it depends on the size. A location where the SKU, or the zone of the topology, is not offered has none.
 */
export async function readCapacity(
  ports: ControllerPorts,
  { parameters, topology }: CapacityRequest,
  call: Call,
): Promise<Capacity> {
  const { values } = readParameterKeys(parameters);
  if (values.get('mgs-ip-address')) return { availableBytes: anySize };
  return withAzure({ doing: 'GetCapacity error', permissions, mayExist: false }, async () => {
    const { config, filesystems } = await ports.azure();
    const location = normalLocation(values.get('location') || config.location || '');
    const [skus, quota] = await Promise.all([
      filesystems.skus(location, call.signal),
      filesystems.quota(location, call.signal),
    ]);
    const large = largeClusters.find((each) => each === values.get('large-cluster')) ?? 'false';
    const zone = values.get('zone') || zoneOf(topology ?? {});
    const fitting = skus
      .filter(({ name }) => !values.get('sku-name') || name === values.get('sku-name'))
      .filter(({ zones }) => zone === undefined || zones.length === 0 || zones.includes(zone));
    return roomIn(fitting, (sku) => maximumOf(sku, large) ?? 0, quota);
  });
}

/** Pure. Without a quota that can be read, one more file system is believed in. */
export function roomIn(
  skus: readonly AmlFilesystemSku[],
  maximumTiB: (sku: AmlFilesystemSku) => number,
  quota: { readonly used: number; readonly limit: number } | undefined,
): Capacity {
  if (skus.length === 0) return { availableBytes: 0n };
  const left = quota === undefined ? 1 : Math.max(0, quota.limit - quota.used);
  const largest = bytesOfTiB(Math.max(...skus.map(maximumTiB)));
  return {
    availableBytes: BigInt(left) * largest,
    largestVolumeBytes: left === 0 ? 0n : largest,
    smallestVolumeBytes: bytesOfTiB(Math.min(...skus.map(({ incrementTiB }) => incrementTiB))),
  };
}
