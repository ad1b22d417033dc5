import { ArmError } from '../arm/arm-error.ts';
import { invalidParameter, type JsonReader, readJson } from '../arm/json-reader.ts';
import { normalLocation } from '../arm/resource-id.ts';
import { readTags } from '../arm/tags.ts';
import type { Filesystem, FilesystemIdentity, MaintenanceWindow } from './filesystem.ts';
import { parseExtras } from './parse-extras.ts';
import { findSku, locations, type Sku, skus, zonesOf } from './skus.ts';

/** What a PUT asks for, checked as far as that goes without looking at the network or the quota. */
export type FilesystemRequest = Pick<
  Filesystem,
  | 'location'
  | 'tags'
  | 'zones'
  | 'skuName'
  | 'identity'
  | 'storageCapacityTiB'
  | 'filesystemSubnet'
  | 'maintenanceWindow'
  | 'extras'
>;

const NAME = /^[a-zA-Z0-9][-0-9a-zA-Z_]{0,78}[a-zA-Z0-9]$/;
const TIME_OF_DAY = /^([0-1]?[0-9]|2[0-3]):[0-5][0-9]$/;
const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const IDENTITY_ID =
  /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.ManagedIdentity\/userAssignedIdentities\/[^/]+$/i;

export function checkFilesystemName(name: string): void {
  if (NAME.test(name)) return;
  throw new ArmError(
    400,
    'InvalidResourceName',
    `Resource name '${name}' is invalid. It must have 2 to 80 characters and match ${NAME.source}.`,
    { target: 'amlFilesystemName' },
  );
}

/** Jobs below a file system are named by the same rule. */
export function checkJobName(name: string): void {
  if (NAME.test(name)) return;
  throw new ArmError(400, 'InvalidResourceName', `Resource name '${name}' is invalid.`);
}

/** Throws ArmError for a body the service would refuse. */
export function parseFilesystem(body: unknown): FilesystemRequest {
  const reader = readJson(body);
  const location = parseLocation(reader);
  const sku = parseSku(reader);
  const properties = reader.object('properties');
  return {
    location,
    tags: readTags(reader) ?? {},
    zones: parseZones(reader, location),
    skuName: sku.name,
    identity: parseIdentity(reader),
    storageCapacityTiB: checkCapacity(
      sku,
      properties.number('storageCapacityTiB'),
      'properties.storageCapacityTiB',
    ),
    filesystemSubnet: properties.text('filesystemSubnet'),
    maintenanceWindow: parseMaintenanceWindow(properties.object('maintenanceWindow')),
    extras: parseExtras(properties),
  };
}

function parseLocation(reader: JsonReader): string {
  const given = reader.optionalText('location');
  if (given === undefined || given === '') {
    throw new ArmError(400, 'LocationRequired', 'The location property is required for this definition.');
  }
  const location = normalLocation(given);
  if (locations.includes(location)) return location;
  throw new ArmError(
    400,
    'LocationNotAvailableForResourceType',
    `The provided location '${given}' is not available for resource type 'Microsoft.StorageCache/amlFilesystems'. List of available regions for the resource type is '${locations.join(',')}'.`,
  );
}

function parseSku(reader: JsonReader): Sku {
  const name = reader.object('sku').text('name');
  const found = findSku(name);
  if (found !== undefined) return found;
  throw invalidParameter(
    'sku.name',
    `The SKU '${name}' is not valid. Valid values are: ${skus.map((sku) => sku.name).join(', ')}.`,
  );
}

function parseZones(reader: JsonReader, location: string): readonly string[] {
  const zones = reader.optionalTexts('zones') ?? [];
  const offered = zonesOf(location);
  if (offered.length === 0) {
    if (zones.length === 0) return [];
    throw new ArmError(
      400,
      'LocationDoesNotSupportAvailabilityZones',
      `The location '${location}' does not support availability zones for 'Microsoft.StorageCache/amlFilesystems'.`,
      { target: 'zones' },
    );
  }
  if (zones.length !== 1) {
    throw invalidParameter('zones', `Exactly one availability zone of '${offered.join(',')}' is required.`);
  }
  if (zones.every((zone) => offered.includes(zone))) return zones;
  throw new ArmError(
    400,
    'InvalidAvailabilityZone',
    `The zone(s) '${zones.join(',')}' for resource 'Microsoft.StorageCache/amlFilesystems' is not supported. The supported zones for location '${location}' are '${offered.join(',')}'.`,
    { target: 'zones' },
  );
}

/** A size the SKU can have: a multiple of its step, up to its default maximum. */
export function checkCapacity(sku: Sku, capacityTiB: number, target: string): number {
  const fits = capacityTiB >= sku.stepTiB && capacityTiB <= sku.maximumTiB && capacityTiB % sku.stepTiB === 0;
  if (fits) return capacityTiB;
  throw invalidParameter(
    target,
    `The storage capacity ${capacityTiB} TiB is not valid for SKU '${sku.name}'. It must be a multiple of ${sku.stepTiB} TiB from ${sku.stepTiB} TiB to ${sku.maximumTiB} TiB.`,
  );
}

export function parseMaintenanceWindow(window: JsonReader): MaintenanceWindow {
  const dayOfWeek = window.text('dayOfWeek');
  const timeOfDayUTC = window.text('timeOfDayUTC');
  if (!DAYS.includes(dayOfWeek)) {
    throw invalidParameter(
      `${window.path}.dayOfWeek`,
      `The day of week '${dayOfWeek}' is not valid. Valid values are: ${DAYS.join(', ')}.`,
    );
  }
  if (!TIME_OF_DAY.test(timeOfDayUTC)) {
    throw invalidParameter(
      `${window.path}.timeOfDayUTC`,
      `The time of day '${timeOfDayUTC}' does not match the pattern '${TIME_OF_DAY.source}'.`,
    );
  }
  return { dayOfWeek, timeOfDayUTC };
}

function parseIdentity(reader: JsonReader): FilesystemIdentity | undefined {
  const identity = reader.optionalObject('identity');
  if (identity === undefined) return undefined;
  const type = identity.text('type');
  if (type === 'None') return { type };
  if (type !== 'UserAssigned') {
    throw invalidParameter(
      'identity.type',
      `The identity type '${type}' is not valid. Valid values are: UserAssigned, None.`,
    );
  }
  const ids = identity.object('userAssignedIdentities').keys();
  const broken = ids.length === 0 ? '' : ids.find((id) => !IDENTITY_ID.test(id));
  if (broken === undefined) {
    return { type, userAssignedIdentities: Object.fromEntries(ids.map((id) => [id, {}])) };
  }
  throw new ArmError(
    400,
    'InvalidIdentityId',
    `The value of property 'identity.userAssignedIdentities' is not valid: '${broken}' is not the resource ID of a user-assigned identity.`,
    { target: 'identity.userAssignedIdentities' },
  );
}
