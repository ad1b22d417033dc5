import { randomUUID } from 'node:crypto';
import type { Struck } from '../../faults/fault-book.ts';
import { ArmError } from '../arm/arm-error.ts';
import { invalidParameter, type JsonReader, readJson } from '../arm/json-reader.ts';
import { type ResourceName, resourceKey } from '../arm/resource-id.ts';
import { readTags } from '../arm/tags.ts';
import type { FoundSubnet, Subnets } from '../network/subnets.ts';
import { checkImmutable } from './check-immutable.ts';
import type { Filesystem } from './filesystem.ts';
import { allocateMgsAddress } from './mgs-address.ts';
import type { Operation } from './operation.ts';
import { runningOperation } from './operation-records.ts';
import { parseExtras } from './parse-extras.ts';
import {
  checkFilesystemName,
  type FilesystemRequest,
  parseFilesystem,
  parseMaintenanceWindow,
} from './parse-filesystem.ts';
import { checkQuota } from './quota.ts';
import { findSku, requiredAddresses } from './skus.ts';
import { type FilesystemContext, preemptOperations, startOperation } from './start-operation.ts';

/** What an accepted request has led to; no operation: it is done. */
export interface Accepted {
  readonly filesystem: Filesystem;
  readonly operation: Operation | undefined;
  readonly created: boolean;
}

/** PUT: makes the file system, makes a failed one again, or updates what may be updated. Throws ArmError. */
export function putFilesystem(
  context: FilesystemContext,
  subnets: Subnets,
  resource: ResourceName,
  body: unknown,
  struck: Struck,
): Accepted {
  checkFilesystemName(resource.name);
  const asked = parseFilesystem(body);
  const existing = context.state.filesystems.get(resourceKey(resource));
  if (existing === undefined) return create(context, subnets, resource, asked, struck);
  refuseWhileDeleting(existing);
  checkImmutable(existing, asked);
  const { tags, identity, maintenanceWindow, extras } = asked;
  const changed = { ...existing, tags, identity, maintenanceWindow, extras };
  const running = runningOperation(context.state, existing, ['create', 'update']);
  if (running !== undefined)
    return { filesystem: save(context, changed), operation: running, created: false };
  const kind = existing.provisioningState === 'Failed' && !existing.serving ? 'create' : 'update';
  return {
    filesystem: save(context, {
      ...changed,
      provisioningState: kind === 'create' ? 'Creating' : 'Updating',
    }),
    operation: startOperation(context, { kind, filesystem: resource, location: existing.location }, struck),
    created: false,
  };
}

function create(
  context: FilesystemContext,
  subnets: Subnets,
  resource: ResourceName,
  asked: FilesystemRequest,
  struck: Struck,
): Accepted {
  const subnet = findSubnet(subnets, asked.filesystemSubnet, asked.location);
  checkQuota(context, struck);
  checkRoom(subnet, asked);
  const filesystem: Filesystem = {
    ...asked,
    resourceGroup: resource.resourceGroup,
    name: resource.name,
    currentCapacityTiB: asked.storageCapacityTiB,
    clusterUuid: randomUUID(),
    mgsAddress: allocateMgsAddress(context.state),
    provisioningState: 'Creating',
    serving: false,
    createdAt: context.clock.now(),
  };
  const operation = startOperation(
    context,
    { kind: 'create', filesystem: resource, location: asked.location },
    struck,
  );
  return { filesystem: save(context, filesystem), operation, created: true };
}

/** PATCH: tags at once, the other properties by an operation. Throws ArmError. */
export function patchFilesystem(
  context: FilesystemContext,
  existing: Filesystem,
  body: unknown,
  struck: Struck,
): Accepted {
  refuseWhileDeleting(existing);
  const reader = readJson(body);
  const properties = reader.optionalObject('properties');
  const changed: Filesystem = {
    ...existing,
    tags: readTags(reader) ?? existing.tags,
    ...(properties === undefined ? {} : patchedProperties(existing, properties)),
  };
  if (properties === undefined)
    return { filesystem: save(context, changed), operation: undefined, created: false };
  if (existing.provisioningState !== 'Succeeded') throw anotherOperation(existing);
  return {
    filesystem: save(context, { ...changed, provisioningState: 'Updating' }),
    operation: startOperation(
      context,
      { kind: 'update', filesystem: nameOf(existing), location: existing.location },
      struck,
    ),
    created: false,
  };
}

function patchedProperties(existing: Filesystem, properties: JsonReader): Partial<Filesystem> {
  for (const name of ['storageCapacityTiB', 'filesystemSubnet', 'hsm']) {
    if (properties.raw(name) === undefined) continue;
    throw invalidParameter(`properties.${name}`, `The property '${name}' cannot be updated.`);
  }
  const window = properties.optionalObject('maintenanceWindow');
  return {
    extras: { ...existing.extras, ...parseExtras(properties) },
    ...(window === undefined ? {} : { maintenanceWindow: parseMaintenanceWindow(window) }),
  };
}

/** DELETE: takes over from whatever runs; undefined where there is no such file system. */
export function deleteFilesystem(
  context: FilesystemContext,
  resource: ResourceName,
  struck: Struck,
): Operation | undefined {
  const existing = context.state.filesystems.get(resourceKey(resource));
  if (existing === undefined) return undefined;
  const running = runningOperation(context.state, existing, ['delete']);
  if (running !== undefined) return running;
  preemptOperations(context, existing);
  save(context, { ...existing, provisioningState: 'Deleting' });
  return startOperation(
    context,
    { kind: 'delete', filesystem: nameOf(existing), location: existing.location },
    struck,
  );
}

export function findSubnet(subnets: Subnets, id: string, location: string): FoundSubnet {
  const found = subnets.find(id);
  if (found !== undefined && found.network.location === location) return found;
  throw new ArmError(
    400,
    'InvalidResourceReference',
    `Resource ${id} referenced by the amlFilesystem was not found. Please make sure that the referenced resource exists, and that both resources are in the same region.`,
    { target: 'properties.filesystemSubnet' },
  );
}

function checkRoom(found: FoundSubnet, asked: FilesystemRequest): void {
  const sku = findSku(asked.skuName);
  const needed = sku === undefined ? 0 : requiredAddresses(sku, asked.storageCapacityTiB);
  if (found.limit - found.used >= needed) return;
  throw new ArmError(
    400,
    'SubnetIsFull',
    `Subnet ${found.subnet.name} with address prefix ${found.subnet.addressPrefix} does not have enough capacity for ${needed} IP addresses.`,
    { target: 'properties.filesystemSubnet' },
  );
}

function refuseWhileDeleting(filesystem: Filesystem): void {
  if (filesystem.provisioningState === 'Deleting') throw anotherOperation(filesystem);
}

export function anotherOperation(filesystem: Filesystem): ArmError {
  return new ArmError(
    409,
    'AnotherOperationInProgress',
    `Another operation on '${filesystem.name}' is in progress (provisioningState ${filesystem.provisioningState}). Try again when it has ended.`,
  );
}

function nameOf({ resourceGroup, name }: Filesystem): ResourceName {
  return { resourceGroup, name };
}

function save(context: FilesystemContext, filesystem: Filesystem): Filesystem {
  context.state.filesystems.put(resourceKey(filesystem), filesystem);
  return filesystem;
}
