import { resourceKey } from '../arm/resource-id.ts';
import type { AzureState } from '../state/open-state.ts';
import type { Filesystem } from './filesystem.ts';
import { findSku, requiredAddresses } from './skus.ts';

/** Addresses a file system holds in its subnet, those of a running expansion with them. */
export function filesystemAddresses(state: AzureState, filesystem: Filesystem): number {
  const sku = findSku(filesystem.skuName);
  if (sku === undefined) return 0;
  const growingTo = state.expansionJobs
    .all()
    .filter((job) => job.state === 'InProgress' && resourceKey(job.filesystem) === resourceKey(filesystem))
    .map((job) => job.newStorageCapacityTiB);
  return requiredAddresses(sku, Math.max(filesystem.currentCapacityTiB, ...growingTo));
}
