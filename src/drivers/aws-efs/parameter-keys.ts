import { closestName } from '../../units/closest-name.ts';
import type { Refusal } from '../refusal.ts';

/** StorageClass parameters as upstream spells them; the case counts. The last is this driver's own. */
export const parameterKeys = [
  'provisioningMode',
  'fileSystemId',
  'fileSystemIdConfigRef',
  'fileSystemIdSecretRef',
  'directoryPerms',
  'uid',
  'gid',
  'gidRangeStart',
  'gidRangeEnd',
  'basePath',
  'subPathPattern',
  'ensureUniqueDirectory',
  'az',
  'enforceZoneAffinity',
  'reuseAccessPoint',
  'enableTagging',
  'onDelete',
] as const;

export type ParameterKey = (typeof parameterKeys)[number];

export type Parameters = Readonly<Record<string, string>>;

/** Added by external-provisioner's `--extra-create-metadata`. */
export const metadataKeys = {
  pvcName: 'csi.storage.k8s.io/pvc/name',
  pvcNamespace: 'csi.storage.k8s.io/pvc/namespace',
  pvName: 'csi.storage.k8s.io/pv/name',
} as const;

const provisionersOwn = 'csi.storage.k8s.io/';

/** A value of a class; empty counts as absent, as upstream has it for everything but `basePath`. */
export function parameter(parameters: Parameters, key: ParameterKey): string | undefined {
  return parameters[key] || undefined;
}

/** Upstream ignores keys it does not know, so that a slip of the keyboard makes a volume of the wrong kind. */
export function refuseUnknownKeys(parameters: Parameters): readonly Refusal[] {
  const known: readonly string[] = parameterKeys;
  return Object.entries(parameters).flatMap(([key, value]) => {
    if (known.includes(key) || key.startsWith(provisionersOwn)) return [];
    const meant = closestName(key, parameterKeys);
    return {
      code: 'invalid-argument',
      field: `parameters.${key}`,
      message: `Parameter ${key} = ${value} is unknown`,
      fix: `${meant === undefined ? '' : `did you mean ${meant}? `}allowed are ${parameterKeys.join(', ')}`,
    } as const;
  });
}
