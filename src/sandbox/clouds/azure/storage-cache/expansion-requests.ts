import type { Struck } from '../../faults/fault-book.ts';
import { ArmError } from '../arm/arm-error.ts';
import { invalidParameter, readJson } from '../arm/json-reader.ts';
import { childKey, resourceKey } from '../arm/resource-id.ts';
import { readTags } from '../arm/tags.ts';
import type { Subnets } from '../network/subnets.ts';
import type { ExpansionJob, Filesystem } from './filesystem.ts';
import { anotherOperation } from './filesystem-requests.ts';
import type { Operation } from './operation.ts';
import { runningOperation } from './operation-records.ts';
import { checkCapacity, checkJobName } from './parse-filesystem.ts';
import { findSku, requiredAddresses } from './skus.ts';
import { type FilesystemContext, planCourse, startOperation } from './start-operation.ts';
import { duration } from './timing.ts';

/** PUT of an expansion job: grows the file system, one job at a time. Throws ArmError. */
export function putExpansionJob(
  context: FilesystemContext,
  subnets: Subnets,
  filesystem: Filesystem,
  name: string,
  body: unknown,
  struck: Struck,
): { readonly job: ExpansionJob; readonly operation: Operation | undefined; readonly created: boolean } {
  checkJobName(name);
  const reader = readJson(body);
  const properties = reader.object('properties');
  const capacity = properties.number('newStorageCapacityTiB');
  const existing = context.state.expansionJobs.get(childKey(filesystem, name));
  if (existing !== undefined) {
    if (existing.newStorageCapacityTiB !== capacity) {
      const target = 'properties.newStorageCapacityTiB';
      const message = `Changing property '${target}' is not allowed.`;
      throw new ArmError(409, 'PropertyChangeNotAllowed', message, { target });
    }
    return {
      job: existing,
      operation: runningOperation(context.state, filesystem, ['expand']),
      created: false,
    };
  }
  if (filesystem.provisioningState !== 'Succeeded' || runningJob(context, filesystem) !== undefined) {
    throw anotherOperation(filesystem);
  }
  checkGrowth(subnets, filesystem, capacity);
  const startedAt = context.clock.now();
  const { usualMs: _, ...growth } = planCourse(context, 'expansion', struck);
  const { usualMs: __, ...rebalance } = planCourse(context, 'rebalance', struck);
  const job: ExpansionJob = {
    filesystem: { resourceGroup: filesystem.resourceGroup, name: filesystem.name },
    name,
    location: filesystem.location,
    tags: readTags(reader) ?? {},
    newStorageCapacityTiB: capacity,
    runRebalanceJob: properties.optionalFlag('runRebalanceJob') ?? true,
    provisioningState: 'Creating',
    state: 'InProgress',
    startedAt,
    endsAt: startedAt + duration('expand', context.timeScale) + growth.lastsMs,
    growth,
    rebalance,
  };
  const key = childKey(filesystem, name);
  context.state.expansionJobs.put(key, job);
  const operation = startOperation(
    context,
    { kind: 'expand', filesystem: job.filesystem, location: job.location, job: key },
    struck,
  );
  return { job, operation, created: true };
}

export function runningJob(context: FilesystemContext, filesystem: Filesystem): ExpansionJob | undefined {
  return context.state.expansionJobs
    .all()
    .find((job) => job.state === 'InProgress' && resourceKey(job.filesystem) === resourceKey(filesystem));
}

function checkGrowth(subnets: Subnets, filesystem: Filesystem, capacityTiB: number): void {
  const target = 'properties.newStorageCapacityTiB';
  const sku = findSku(filesystem.skuName);
  if (sku === undefined) return;
  checkCapacity(sku, capacityTiB, target);
  if (capacityTiB <= filesystem.currentCapacityTiB) {
    throw invalidParameter(
      target,
      `The new storage capacity ${capacityTiB} TiB must be larger than the current ${filesystem.currentCapacityTiB} TiB.`,
    );
  }
  const more = requiredAddresses(sku, capacityTiB) - requiredAddresses(sku, filesystem.currentCapacityTiB);
  const found = subnets.find(filesystem.filesystemSubnet);
  if (found === undefined || found.limit - found.used >= more) return;
  throw new ArmError(
    400,
    'SubnetIsFull',
    `Subnet ${found.subnet.name} with address prefix ${found.subnet.addressPrefix} does not have enough capacity for ${more} IP addresses.`,
  );
}
