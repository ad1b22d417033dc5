import { closestName } from '../../../units/closest-name.ts';
import type { Refusal } from '../../refusal.ts';

/** Keys that mean something only where each claim gets a directory. */
export const directoryKeys = [
  'file-system',
  'base-dir',
  'directory-mode',
  'uid',
  'gid',
  'on-delete',
  'project-quota',
] as const;

/**
 * The driver's StorageClass parameters, as the upstream driver spells them; those it does not have are near ARM's words.
 * Keys compare without case.
 */
export const parameterKeys = [
  'sku-name',
  'zone',
  'maintenance-day-of-week',
  'maintenance-time-of-day-utc',
  'location',
  'resource-group-name',
  'vnet-resource-group',
  'vnet-name',
  'subnet-name',
  'identities',
  'tags',
  'max-rounding',
  'large-cluster',
  'run-rebalance-job',
  'hsm-container',
  'hsm-logging-container',
  'hsm-import-prefixes',
  'auto-import-prefixes',
  'auto-import-conflict-resolution-mode',
  'auto-import-enable-deletions',
  'auto-import-maximum-errors',
  'auto-export-prefixes',
  'root-squash-mode',
  'root-squash-nosquash-nids',
  'root-squash-uid',
  'root-squash-gid',
  'encryption-key-url',
  'encryption-key-vault',
  'sub-dir',
  'fs-name',
  'mgs-ip-address',
  'provisioning-mode',
  ...directoryKeys,
] as const;

export type ParameterKey = (typeof parameterKeys)[number];

/**
 * Other spellings in use: `zones` is upstream's own; Microsoft's tutorial prints `resource-group`; widespread copies of
 * that page carry `___location` where a translation tool has mangled `location`.
 */
const aliases: Readonly<Record<string, ParameterKey>> = {
  zones: 'zone',
  'resource-group': 'resource-group-name',
  ___location: 'location',
};

/** Added by external-provisioner's `--extra-create-metadata`. */
export const metadataKeys = {
  pvcName: 'csi.storage.k8s.io/pvc/name',
  pvcNamespace: 'csi.storage.k8s.io/pvc/namespace',
  pvName: 'csi.storage.k8s.io/pv/name',
} as const;

export interface ReadParameters {
  /** Values by canonical key; an empty value counts as given. */
  readonly values: ReadonlyMap<ParameterKey, string>;
  /** How the manifest spells each key, for messages that point into it. */
  readonly spelling: ReadonlyMap<ParameterKey, string>;
  readonly refusals: readonly Refusal[];
}

/** Sorts parameters by canonical key; refuses unknown keys and two spellings of one key that disagree. */
export function readParameterKeys(parameters: Readonly<Record<string, string>>): ReadParameters {
  const values = new Map<ParameterKey, string>();
  const spelling = new Map<ParameterKey, string>();
  const unknown: [string, string][] = [];
  const refusals: Refusal[] = [];
  for (const [typed, value] of Object.entries(parameters)) {
    const key = canonicalKey(typed);
    if (key === undefined) {
      if (!isMetadataKey(typed)) unknown.push([typed, value]);
      continue;
    }
    const earlier = values.get(key);
    if (earlier !== undefined && earlier !== value) {
      refusals.push({
        code: 'invalid-argument',
        field: `parameters.${typed}`,
        message: `CreateVolume Parameters ${spelling.get(key)} and ${typed} are one parameter with two values, '${earlier}' and '${value}'`,
        fix: `keep ${key} only`,
      });
      continue;
    }
    values.set(key, value);
    if (!spelling.has(key)) spelling.set(key, typed);
  }
  const [first] = unknown;
  if (first !== undefined) refusals.unshift(unknownParameters(unknown, first[0]));
  return { values, spelling, refusals };
}

/** The field of the manifest that holds `key`, as the manifest spells it. */
export function fieldOf(read: ReadParameters, key: ParameterKey): string {
  return `parameters.${read.spelling.get(key) ?? key}`;
}

function canonicalKey(typed: string): ParameterKey | undefined {
  const lower = typed.toLowerCase();
  return parameterKeys.find((key) => key === lower) ?? aliases[lower];
}

function isMetadataKey(typed: string): boolean {
  const lower = typed.toLowerCase();
  return Object.values(metadataKeys).some((key) => key === lower);
}

function unknownParameters(unknown: readonly [string, string][], first: string): Refusal {
  const listed = unknown.map(([key, value]) => `${key} = ${value}`).join(', ');
  const meant = unknown.flatMap(([key]) => {
    const near = closestName(key, [...parameterKeys, ...Object.keys(aliases)]);
    return near === undefined ? [] : [`did you mean ${canonicalKey(near)} instead of ${key}?`];
  });
  return {
    code: 'invalid-argument',
    field: `parameters.${first}`,
    message: `Invalid parameter(s) {${listed}} in storage class`,
    fix: [...meant, `allowed are ${parameterKeys.join(', ')}`].join(' '),
  };
}
