import type { AmlFilesystem, AmlFilesystemSku } from '../../../cloud/azure/aml-filesystem.ts';
import type { AzureCloudConfig } from '../../../cloud/azure/cloud-config.ts';
import { closestName } from '../../../units/closest-name.ts';
import type { Refusal } from '../../refusal.ts';
import { planCapacity, sizeLimits, tibOfBytes } from '../capacity.ts';
import type { DynamicIntent } from '../dynamic-intent.ts';
import type { StaticIntent } from '../intent.ts';
import { ownershipTags } from '../tags.ts';
import { type Placement, readPlacement } from './placement.ts';

export interface StaticPlan {
  readonly kind: 'static';
  readonly intent: StaticIntent;
}

export interface DynamicPlan {
  readonly kind: 'dynamic';
  readonly intent: DynamicIntent;
  readonly placement: Placement;
  readonly sku: AmlFilesystemSku | undefined;
  readonly capacityBytes: bigint;
  /** What is sent to ARM. */
  readonly body: AmlFilesystem;
}

export type Plan = StaticPlan | DynamicPlan;

/** The file system an intent leads to, given what the cloud offers in its location. Acted on only without refusals. */
export function planFileSystem(
  intent: DynamicIntent,
  config: AzureCloudConfig,
  skus: readonly AmlFilesystemSku[],
): { readonly plan: DynamicPlan; readonly refusals: readonly Refusal[] } {
  const { placement, refusals: misplaced } = readPlacement(intent, config);
  const refusals = [...misplaced];
  const sku = skus.find(({ name }) => name === intent.skuName);
  const offer = refuseOffer(intent, placement.location, skus, sku);
  if (offer !== undefined) refusals.push(offer);
  const limits = sku && sizeLimits(sku, intent.settings);
  if (sku !== undefined && limits === undefined) refusals.push(noLargeCluster(intent, sku.name));
  const capacity = limits && planCapacity(intent, limits);
  if (capacity?.refusal !== undefined) refusals.push(capacity.refusal);
  const capacityBytes = capacity?.bytes ?? intent.requiredBytes;
  const body = describeFileSystem(intent, placement, capacityBytes, zoneFor(intent, sku));
  return { plan: { kind: 'dynamic', intent, placement, sku, capacityBytes, body }, refusals };
}

function refuseOffer(
  intent: DynamicIntent,
  location: string,
  skus: readonly AmlFilesystemSku[],
  sku: AmlFilesystemSku | undefined,
): Refusal | undefined {
  const refuse = (key: string, message: string, fix: string) =>
    ({ code: 'invalid-argument', field: `parameters.${key}`, message, fix }) as const;
  if (skus.length === 0) {
    const fix = 'Azure Managed Lustre is not offered there, or the name is wrong: az account list-locations';
    return location === ''
      ? undefined
      : refuse('location', `found no AMLFS SKUs for location ${location}`, fix);
  }
  if (sku === undefined) {
    const names = skus.map(({ name }) => name);
    const meant = closestName(intent.skuName, names);
    const message = `CreateVolume Parameter sku-name must be one of: [${names.join(', ')}]`;
    const was = `'${intent.skuName}' is not offered${location && ` in ${location}`}`;
    return refuse('sku-name', message, meant === undefined ? was : `${was}; did you mean ${meant}?`);
  }
  const zone = refuseZone(intent, location, sku);
  return zone && { code: 'invalid-argument', field: 'parameters.zone', dependsOn: 'region', ...zone };
}

function noLargeCluster({ settings }: DynamicIntent, skuName: string): Refusal {
  return {
    code: 'out-of-range',
    field: 'parameters.large-cluster',
    message: `CreateVolume Parameter large-cluster '${settings.largeCluster}' cannot be had: ${skuName} has no such clusters in this location`,
    fix: 'leave it out, or take another SKU',
    dependsOn: 'region',
  };
}

/** The class' zone, else the first of the node's that the SKU is offered in. */
export function zoneFor(
  { zone, nodeZones }: DynamicIntent,
  sku: AmlFilesystemSku | undefined,
): string | undefined {
  return zone ?? nodeZones.find((each) => sku?.zones.includes(each));
}

function refuseZone(
  intent: DynamicIntent,
  location: string,
  sku: AmlFilesystemSku,
): Pick<Refusal, 'message' | 'fix'> | undefined {
  const zones = sku.zones.join(', ');
  const zone = zoneFor(intent, sku);
  const nodes = intent.nodeZones.join(', ');
  if (zone === undefined)
    return sku.zones.length === 0
      ? undefined
      : {
          message: `CreateVolume Parameter zone must be provided for dynamically provisioned AMLFS in location ${location}, available zones: [${zones}]`,
          fix:
            nodes === ''
              ? `e.g. zone: "${sku.zones[0]}", quoted, or volumeBindingMode: WaitForFirstConsumer`
              : `the node is in zone ${nodes}; name a zone, which every node reaches`,
        };
  if (sku.zones.length === 0)
    return {
      message: `CreateVolume Parameter zone cannot be used in location ${location}, no zones available for SKU ${sku.name}`,
      fix: 'leave zone out',
    };
  if (sku.zones.includes(zone)) return undefined;
  return { message: `CreateVolume Parameter zone ${zone} must be one of: [${zones}]`, fix: 'name one zone' };
}

function describeFileSystem(
  intent: DynamicIntent,
  placement: Placement,
  capacityBytes: bigint,
  zone: string | undefined,
): AmlFilesystem {
  const identities = Object.fromEntries(intent.identities.map((id) => [id, {}]));
  return {
    location: placement.location,
    tags: { ...intent.tags, ...ownershipTags(intent.volumeName, intent.parameters, intent.settings) },
    ...(zone === undefined ? {} : { zones: [zone] }),
    sku: { name: intent.skuName },
    ...(intent.identities.length === 0
      ? {}
      : { identity: { type: 'UserAssigned', userAssignedIdentities: identities } as const }),
    properties: {
      storageCapacityTiB: tibOfBytes(capacityBytes),
      filesystemSubnet: placement.subnetId,
      maintenanceWindow: { dayOfWeek: intent.maintenanceDay, timeOfDayUTC: intent.maintenanceTime },
      ...(intent.blob.settings && { hsm: { settings: intent.blob.settings } }),
      ...(intent.rootSquash && { rootSquashSettings: intent.rootSquash }),
      ...(intent.encryptionKey && { encryptionSettings: { keyEncryptionKey: intent.encryptionKey } }),
    },
  };
}
