import type { AmlFilesystems } from '../../../cloud/azure/aml-filesystem.ts';
import type { Log } from '../../../telemetry/log.ts';
import type { Refusal } from '../../refusal.ts';
import { withAzure } from '../azure-failure.ts';
import { tibOfBytes } from '../capacity.ts';
import type { DynamicPlan } from './plan.ts';

/** What Azure says about room for a file system. */
export interface Room {
  readonly addressesNeeded: number;
  /** undefined: the network has no such subnet. */
  readonly addressesFree: number | undefined;
  /** undefined: the service does not say. */
  readonly quota: { readonly used: number; readonly limit: number } | undefined;
}

const subnetPermissions = [
  'Microsoft.StorageCache/getRequiredAmlFSSubnetsSize/*',
  'Microsoft.Network/virtualNetworks/subnets/read',
  'Microsoft.Network/virtualNetworks/usages/read',
];

/** Asks for the room in subnet and quota; a quota that cannot be read is none, for the create itself is held against it. */
export async function readRoom(
  plan: DynamicPlan,
  filesystems: AmlFilesystems,
  log: Log,
  signal: AbortSignal,
): Promise<Room> {
  const { placement, body } = plan;
  const doing = `CreateVolume error when checking subnet ${placement.subnet.subnet} for AMLFS ${plan.intent.resourceName}`;
  const quota = filesystems.quota(placement.location, signal).catch((error: unknown) => {
    log.warn({ err: error, location: placement.location }, 'the quota of file systems cannot be read');
    return undefined;
  });
  const attempt = { doing, permissions: subnetPermissions, mayExist: false };
  const [addressesNeeded, addressesFree] = await withAzure(attempt, () =>
    Promise.all([
      filesystems.requiredSubnetSize(body.sku?.name ?? '', tibOfBytes(plan.capacityBytes), signal),
      filesystems.freeSubnetAddresses(placement.subnet, signal),
    ]),
  );
  return { addressesNeeded, addressesFree, quota: await quota };
}

/** Pure. Why a new file system does not fit. */
export function refuseRoom(plan: DynamicPlan, room: Room): readonly Refusal[] {
  const { subnet, location } = plan.placement;
  const refusals: Refusal[] = [];
  if (room.addressesFree === undefined)
    refusals.push({
      code: 'failed-precondition',
      field: 'parameters.subnet-name',
      message: `subnet ${subnet.subnet} not found in vnet ${subnet.vnet}, resource group ${subnet.resourceGroup}. Ensure permissions are correct for configuration.`,
    });
  else if (room.addressesFree < room.addressesNeeded)
    refusals.push({
      code: 'resource-exhausted',
      field: 'parameters.subnet-name',
      message: `cannot create AMLFS cluster ${plan.intent.resourceName} in subnet ${subnet.subnet}, not enough IP addresses available`,
      fix: `${room.addressesNeeded} needed, ${room.addressesFree} available; free some or name a larger subnet`,
    });
  if (room.quota !== undefined && room.quota.used >= room.quota.limit)
    refusals.push({
      code: 'resource-exhausted',
      field: 'parameters.location',
      message: `Operation results in exceeding quota limits of resource type AmlFilesystem. Maximum allowed: ${room.quota.limit}, Current in use: ${room.quota.used}, Additional requested: 1.`,
      fix: `delete a file system in ${location} or ask Azure to raise the subscription's quota there`,
    });
  return refusals;
}
