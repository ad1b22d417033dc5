import type { KeyEncryptionKey, RootSquashSettings } from '../../cloud/azure/aml-filesystem.ts';
import type { Refusal } from '../refusal.ts';
import type { IntentBase } from './intent.ts';
import { type BlobIntent, readBlob } from './parameters/blob-parameters.ts';
import type { ClassSettings } from './parameters/class-settings.ts';
import { readEncryption } from './parameters/encryption-parameters.ts';
import { fieldOf, type ParameterKey, type ReadParameters } from './parameters/parameter-keys.ts';
import { type ParameterReader, readFlag } from './parameters/parameter-reader.ts';
import { readRootSquash } from './parameters/root-squash-parameters.ts';
import { parseRoundingLimit } from './parameters/rounding-limit.ts';
import { largeClusters } from './sku-limits.ts';
import { readTags } from './tags.ts';

/** A claim that wants a file system of its own. Absent names come from the cloud configuration. */
export interface DynamicIntent extends IntentBase {
  readonly kind: 'dynamic';
  readonly skuName: string;
  readonly zone: string | undefined;
  /** Zones of the node that the first pod goes to, for a class that names none. */
  readonly nodeZones: readonly string[];
  readonly maintenanceDay: string;
  /** `HH:MM`, UTC. */
  readonly maintenanceTime: string;
  readonly location: string | undefined;
  readonly resourceGroup: string | undefined;
  readonly vnetResourceGroup: string | undefined;
  readonly vnetName: string | undefined;
  readonly subnetName: string | undefined;
  readonly identities: readonly string[];
  readonly settings: ClassSettings;
  readonly blob: BlobIntent;
  readonly rootSquash: RootSquashSettings | undefined;
  readonly encryptionKey: KeyEncryptionKey | undefined;
  readonly tags: Readonly<Record<string, string>>;
}

const daysOfWeek = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

const identityId =
  /^\/subscriptions\/[^/]+\/resourcegroups\/[^/]+\/providers\/microsoft\.managedidentity\/userassignedidentities\/[^/]+$/i;

/** Azure's rule for resource-group names. */
const resourceGroupName = /^[-\p{L}\p{N}_.()]{0,89}[-\p{L}\p{N}_()]$/u;

type Refuse = (key: ParameterKey, message: string, fix?: string) => void;

/** The parameters of a claim that wants a file system of its own; adds what is wrong to `refusals`. */
export function readDynamic(base: IntentBase, read: ReadParameters, refusals: Refusal[]): DynamicIntent {
  const optional = (key: ParameterKey) => read.values.get(key) || undefined;
  const refuse: Refuse = (key, message, fix) =>
    refusals.push({
      code: 'invalid-argument',
      field: fieldOf(read, key),
      message,
      ...(fix === undefined ? {} : { fix }),
    });
  const required = (key: ParameterKey, fix: string) => {
    const value = optional(key);
    if (value === undefined)
      refuse(key, `CreateVolume ${key} must be provided for dynamically provisioned AMLFS`, fix);
    return value;
  };
  const resourceGroup = (key: ParameterKey) => {
    const value = optional(key);
    if (value !== undefined && !resourceGroupName.test(value))
      refuse(key, `CreateVolume Parameter ${key} is not the name of a resource group, was: '${value}'`);
    return value;
  };
  const orStatic = 'or give mgs-ip-address to use a file system that exists';
  const skuName = required('sku-name', `e.g. AMLFS-Durable-Premium-125; ${orStatic}`);
  const identities = readIdentities(optional('identities'), refuse);
  const reader = { optional, refuse };
  const tags = readTags(optional('tags') ?? '', fieldOf(read, 'tags'));
  const intent: DynamicIntent = {
    kind: 'dynamic',
    ...base,
    skuName: skuName ?? '',
    zone: optional('zone'),
    nodeZones: [],
    maintenanceDay: readDay(required('maintenance-day-of-week', `one of ${daysOfWeek.join(', ')}`), refuse),
    maintenanceTime: readTime(required('maintenance-time-of-day-utc', 'e.g. "22:00", quoted'), refuse),
    location: optional('location'),
    resourceGroup: resourceGroup('resource-group-name'),
    vnetResourceGroup: resourceGroup('vnet-resource-group'),
    vnetName: optional('vnet-name'),
    subnetName: optional('subnet-name'),
    identities,
    settings: readSettings(base.subDir, reader),
    blob: readBlob(reader),
    rootSquash: readRootSquash(reader),
    encryptionKey: readEncryption(reader, identities),
    tags: tags.tags,
  };
  refusals.push(...tags.refusals);
  return intent;
}

function readSettings(subDir: string, reader: ParameterReader): ClassSettings {
  const { optional, refuse } = reader;
  const maxRounding = optional('max-rounding');
  if (maxRounding !== undefined && parseRoundingLimit(maxRounding) === undefined)
    refuse(
      'max-rounding',
      `CreateVolume Parameter max-rounding must be a factor of at least 1 or a quantity, was: '${maxRounding}'`,
      'e.g. "2" for at most twice what a claim asks for, or 8Ti for at most so much more',
    );
  const large = optional('large-cluster') ?? 'false';
  const largeCluster = largeClusters.find((each) => each === large);
  if (largeCluster === undefined)
    refuse(
      'large-cluster',
      `CreateVolume Parameter large-cluster must be one of: [${largeClusters.join(', ')}], was: '${large}'`,
      'quote it',
    );
  return {
    subDir,
    maxRounding,
    largeCluster: largeCluster ?? 'false',
    rebalance: readFlag('run-rebalance-job', reader) ?? true,
  };
}

function readDay(day: string | undefined, refuse: Refuse): string {
  if (day !== undefined && !daysOfWeek.includes(day))
    refuse(
      'maintenance-day-of-week',
      `CreateVolume Parameter maintenance-day-of-week must be one of: [${daysOfWeek.join(', ')}]`,
      `'${day}' is not; the case counts`,
    );
  return day ?? '';
}

function readTime(time: string | undefined, refuse: Refuse): string {
  if (time !== undefined && !/^([01]?[0-9]|2[0-3]):[0-5][0-9]$/.test(time))
    refuse(
      'maintenance-time-of-day-utc',
      `CreateVolume Parameter maintenance-time-of-day-utc must be in the form HH:MM, was: '${time}'`,
    );
  // Upstream takes an hour of one digit, Azure asks for two.
  return (time ?? '').padStart(5, '0');
}

function readIdentities(list: string | undefined, refuse: Refuse): readonly string[] {
  const identities = (list ?? '').split(',').flatMap((part) => part.trim() || []);
  for (const identity of identities)
    if (!identityId.test(identity))
      refuse(
        'identities',
        `CreateVolume Parameter identities must be resource IDs of user-assigned identities, was: '${identity}'`,
        'e.g. /subscriptions/<id>/resourceGroups/<group>/providers/Microsoft.ManagedIdentity/userAssignedIdentities/<name>',
      );
  return identities;
}
