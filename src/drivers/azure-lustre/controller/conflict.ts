import type { AmlFilesystem } from '../../../cloud/azure/aml-filesystem.ts';
import { formatBytes } from '../../../units/bytes.ts';
import { bytesOfTiB } from '../capacity.ts';
import { whyNotOurs } from '../tags.ts';
import { normalLocation } from './placement.ts';
import type { DynamicPlan } from './plan.ts';

/**
 * Why a file system of the right name is not the one that `plan` asks for, or undefined when it is. Tags and the
 * maintenance window do not count: people change them on a file system in use.
 */
export function conflictWith(plan: DynamicPlan, found: AmlFilesystem): string | undefined {
  const name = plan.intent.resourceName;
  const where = `AMLFS cluster ${name} in resource group ${plan.placement.resourceGroup}`;
  const foreign = whyNotOurs(name, found.tags);
  if (foreign !== undefined)
    return `${where} exists and is not Berth's: ${foreign}. It is left alone; rename or remove it`;
  const differences = [
    difference('SKU', plan.body.sku?.name, found.sku?.name),
    // A zone that only follows from where the first pod runs may be another by now.
    plan.intent.zone === undefined && plan.body.zones !== undefined
      ? undefined
      : difference('zone', plan.body.zones?.join(', '), found.zones?.join(', ')),
    difference('location', plan.body.location, normalLocation(found.location)),
    difference('subnet', plan.body.properties.filesystemSubnet, found.properties.filesystemSubnet),
    difference('identities', identitiesOf(plan.body), identitiesOf(found)),
    difference('blob container', containerOf(plan.body), containerOf(found)),
    capacityDifference(plan, found),
  ].filter((sentence) => sentence !== undefined);
  return differences.length === 0
    ? undefined
    : `${where} exists already and is not what is asked for: ${differences.join('; ')}`;
}

/** ARM's names and ids compare without case. */
function difference(what: string, asked = '', has = ''): string | undefined {
  if (asked.toLowerCase() === has.toLowerCase()) return undefined;
  return `${what} is ${has || 'none'}, asked for ${asked || 'none'}`;
}

function identitiesOf(fileSystem: AmlFilesystem): string {
  const ids = Object.keys(fileSystem.identity?.userAssignedIdentities ?? {});
  return ids
    .map((id) => id.toLowerCase())
    .sort()
    .join(', ');
}

function containerOf({ properties }: AmlFilesystem): string | undefined {
  return properties.hsm?.settings?.container;
}

function capacityDifference({ intent }: DynamicPlan, found: AmlFilesystem): string | undefined {
  const has = capacityOf(found);
  const { requiredBytes, limitBytes } = intent;
  if (has < requiredBytes) return `capacity is ${formatBytes(has)}, asked for ${formatBytes(requiredBytes)}`;
  if (limitBytes > 0n && has > limitBytes)
    return `capacity is ${formatBytes(has)}, asked for at most ${formatBytes(limitBytes)}`;
  return undefined;
}

/** The capacity it has now, expansions included, where the API version reports it. */
export function capacityOf(fileSystem: AmlFilesystem): bigint {
  const { currentStorageCapacityTiB, storageCapacityTiB } = fileSystem.properties;
  return bytesOfTiB(currentStorageCapacityTiB ?? storageCapacityTiB);
}
