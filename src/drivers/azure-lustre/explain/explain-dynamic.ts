import type { AmlFilesystemSku } from '../../../cloud/azure/aml-filesystem.ts';
import type { CreateRequest } from '../../../csi/driver.ts';
import { silentLog } from '../../../telemetry/log.ts';
import { formatBytes } from '../../../units/bytes.ts';
import type { ExplainOptions, Explanation, Finding } from '../../driver-module.ts';
import { type Refusal, refusalToFinding } from '../../refusal.ts';
import { withAzure } from '../azure-failure.ts';
import { bytesOfTiB, describeRounding, tibOfBytes } from '../capacity.ts';
import { readRoom, refuseRoom } from '../controller/admission.ts';
import { readPlacement } from '../controller/placement.ts';
import { type DynamicPlan, planFileSystem, zoneFor } from '../controller/plan.ts';
import type { DynamicIntent } from '../dynamic-intent.ts';
import { lustreSource, mountOptions } from '../node/mount-plan.ts';
import { maximumOf } from '../sku-limits.ts';
import { builtinSkus, guidedSubnet } from './builtin-skus.ts';
import { describeService } from './explain-service.ts';

type Property = Explanation['properties'][number];

const unknownDefault = "the cluster's own (from its cloud configuration)";

/**
 * The file system that would be made. Without `live`, SKUs are the built-in list and what the cluster's cloud
 * configuration would fill in is left open rather than called wrong. Throws CsiError where Azure cannot be asked.
 */
export async function explainDynamic(
  intent: DynamicIntent,
  request: CreateRequest,
  options: ExplainOptions,
): Promise<Explanation> {
  const config = options.live?.config ?? options.config;
  const planned = planFileSystem(intent, config, await skusFor(intent, options));
  const zoneComesLater = request.accessibility !== undefined && intent.zone === undefined;
  const refusals = planned.refusals.filter(({ field }) => !(zoneComesLater && field === 'parameters.zone'));
  const { plan } = planned;
  const asked = options.live !== undefined;
  const room = asked && refusals.length === 0 ? await explainRoom(plan, options) : offlineRoom(plan);
  const flags = request.capabilities.flatMap(({ access }) =>
    access.type === 'mount' ? access.mountFlags : [],
  );
  return {
    properties: [...describePlan(plan, zoneComesLater), ...room.properties],
    findings: [
      ...refusals.flatMap((refusal) => (asked ? refusalToFinding(refusal) : softened(refusal))),
      ...sizeAdvice(plan),
      ...room.findings,
    ],
    mounts: {
      source: lustreSource('<MGS address>', intent.subDir),
      options: mountOptions(flags, false).options,
    },
    reclaim: {
      delete: deletedData(intent),
      retain: 'the file system stays, and is paid for, until it is deleted by hand in Azure',
    },
  };
}

async function skusFor(
  intent: DynamicIntent,
  { live, signal }: ExplainOptions,
): Promise<readonly AmlFilesystemSku[]> {
  if (live === undefined) return builtinSkus;
  const { location } = readPlacement(intent, live.config).placement;
  if (location === '') return builtinSkus;
  const attempt = {
    doing: 'error retrieving SKUs',
    permissions: ['Microsoft.StorageCache/skus/read'],
    mayExist: false,
  };
  return withAzure(attempt, () => live.filesystems.skus(location, signal));
}

function describePlan(plan: DynamicPlan, zoneComesLater: boolean): readonly Property[] {
  const { intent, placement, body, sku } = plan;
  const { subnet } = placement;
  const speed = builtinSkus.find(({ name }) => name === intent.skuName)?.megabytesPerSecondPerTiB;
  const window = body.properties.maintenanceWindow;
  const own = Object.entries(intent.tags).map(([name, value]) => `${name}=${value}`);
  return [
    { name: 'creates', value: `Azure Managed Lustre file system ${intent.resourceName}` },
    {
      name: 'SKU',
      value: speed === undefined ? intent.skuName : `${intent.skuName} (${speed} MB/s per TiB)`,
    },
    { name: 'size', value: describeSize(plan) },
    ...(sku !== undefined && speed !== undefined
      ? [{ name: 'throughput', value: `${Math.round(speed * tibOfBytes(plan.capacityBytes))} MB/s` }]
      : []),
    {
      name: 'zone',
      value: zoneFor(intent, sku) ?? (zoneComesLater ? 'that of the first pod’s node' : 'none'),
    },
    { name: 'location', value: placement.location || unknownDefault },
    { name: 'resource group', value: placement.resourceGroup || unknownDefault },
    { name: 'virtual network', value: subnet.vnet || unknownDefault },
    { name: 'subnet', value: subnet.subnet || unknownDefault },
    { name: 'maintenance', value: `${window.dayOfWeek} ${window.timeOfDayUTC} UTC` },
    ...(intent.identities.length === 0 ? [] : [{ name: 'identities', value: intent.identities.join(', ') }]),
    ...describeService(intent),
    ...(own.length === 0 ? [] : [{ name: 'tags', value: own.join(', ') }]),
    ...(intent.subDir === ''
      ? []
      : [{ name: 'sub-directory', value: `${intent.subDir} (made when missing)` }]),
  ];
}

function describeSize({ intent, sku, capacityBytes }: DynamicPlan): string {
  const asked =
    intent.requiredBytes === 0n ? 'no size asked for' : `asked for ${formatBytes(intent.requiredBytes)}`;
  if (sku === undefined) return `${asked}; how it is rounded depends on the SKU`;
  const step = formatBytes(bytesOfTiB(sku.incrementTiB));
  const maximum = formatBytes(bytesOfTiB(maximumOf(sku, intent.settings.largeCluster) ?? sku.maximumTiB));
  return `${formatBytes(capacityBytes)} (${asked}; steps of ${step}, at most ${maximum})`;
}

/** Changes that are not exported yet are in the file system only. */
function deletedData({ blob }: DynamicIntent): string {
  const exported = blob.jobs.some(({ kind }) => kind === 'autoExportJobs');
  const rest = exported ? '; what is not exported yet is lost, what is in the container stays' : '';
  return `the file system and all data in it are deleted with the claim${rest}`;
}

/** Rounding up costs money: Azure bills the whole file system. */
function sizeAdvice({ intent, sku, capacityBytes }: DynamicPlan): readonly Finding[] {
  const message = sku && describeRounding(intent, capacityBytes, sku);
  if (sku === undefined || message === undefined) return [];
  return [
    {
      severity: capacityBytes > 2n * intent.requiredBytes ? 'warning' : 'note',
      field: 'resources.requests.storage',
      message,
      fix: `ask for ${formatBytes(capacityBytes)} to say so, or take a SKU with smaller steps; max-rounding in the class refuses it`,
    },
  ];
}

/** Offline, what the cluster's configuration may fill in is not wrong, and what the region decides is not certain. */
function softened(refusal: Refusal): readonly Finding[] {
  if (refusal.dependsOn === 'cluster') return [];
  const finding = refusalToFinding(refusal);
  if (refusal.dependsOn !== 'region') return [finding];
  const fix = [refusal.fix, 'regions differ, --check asks Azure'].filter(Boolean).join('; ');
  return [{ ...finding, severity: 'warning', fix }];
}

type Room = { readonly properties: readonly Property[]; readonly findings: readonly Finding[] };

function offlineRoom({ sku, capacityBytes }: DynamicPlan): Room {
  const prefix = sku && guidedSubnet(tibOfBytes(capacityBytes));
  if (prefix === undefined) return { properties: [], findings: [] };
  const value = `Azure's guidance for this size is a ${prefix} subnet or larger; --check asks for the exact number`;
  return { properties: [{ name: 'addresses', value }], findings: [] };
}

async function explainRoom(plan: DynamicPlan, { live, signal }: ExplainOptions): Promise<Room> {
  if (live === undefined) return offlineRoom(plan);
  const room = await readRoom(plan, live.filesystems, silentLog, signal);
  const free = room.addressesFree === undefined ? 'no such subnet' : `${room.addressesFree} free`;
  const { quota } = room;
  return {
    properties: [
      { name: 'addresses', value: `${room.addressesNeeded} needed, ${free}` },
      ...(quota === undefined
        ? []
        : [{ name: 'quota', value: `${quota.used} of ${quota.limit} file systems in use` }]),
    ],
    findings: refuseRoom(plan, room).map(refusalToFinding),
  };
}
