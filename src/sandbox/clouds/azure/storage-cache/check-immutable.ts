import { isDeepStrictEqual } from 'node:util';
import { ArmError } from '../arm/arm-error.ts';
import type { Filesystem } from './filesystem.ts';
import type { FilesystemRequest } from './parse-filesystem.ts';

/** What a PUT may not change on a file system that exists. Throws ArmError for the first property it does. */
export function checkImmutable(existing: Filesystem, asked: FilesystemRequest): void {
  if (existing.location !== asked.location) {
    throw new ArmError(
      409,
      'InvalidResourceLocation',
      `The resource '${existing.name}' already exists in location '${existing.location}' in resource group '${existing.resourceGroup}'. A resource with the same name cannot be created in location '${asked.location}'. Please select a new resource name.`,
    );
  }
  const sizes = [existing.storageCapacityTiB, existing.currentCapacityTiB];
  const changed = [
    { property: 'sku.name', same: existing.skuName === asked.skuName },
    { property: 'zones', same: isDeepStrictEqual(existing.zones, asked.zones) },
    { property: 'properties.storageCapacityTiB', same: sizes.includes(asked.storageCapacityTiB) },
    {
      property: 'properties.filesystemSubnet',
      same: existing.filesystemSubnet.toLowerCase() === asked.filesystemSubnet.toLowerCase(),
    },
    { property: 'properties.hsm', same: isDeepStrictEqual(existing.extras.hsm, asked.extras.hsm) },
  ].find(({ same }) => !same);
  if (changed === undefined) return;
  throw new ArmError(
    409,
    'PropertyChangeNotAllowed',
    `Changing property '${changed.property}' is not allowed.`,
    { target: changed.property },
  );
}
