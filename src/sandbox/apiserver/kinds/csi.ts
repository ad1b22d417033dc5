import type { CsiNode, KubeObject } from '../../../kube/objects.ts';
import {
  duplicateValue,
  type FieldError,
  immutable,
  invalidValue,
  oneOf,
  required,
} from '../validation/field-error.ts';
import { dnsSubdomain } from '../validation/names.ts';
import { type KindRules, sameJson, setDefault } from './kind-rules.ts';

interface CsiDriver extends KubeObject {
  spec: {
    attachRequired?: boolean;
    podInfoOnMount?: boolean;
    fsGroupPolicy?: string;
    volumeLifecycleModes?: string[];
    [field: string]: unknown;
  };
}

export const csiDriverRules: KindRules<CsiDriver> = {
  setDefaults(driver) {
    driver.spec ??= {};
    setDefault(driver.spec, 'attachRequired', true);
    setDefault(driver.spec, 'podInfoOnMount', false);
    setDefault(driver.spec, 'storageCapacity', false);
    setDefault(driver.spec, 'fsGroupPolicy', 'ReadWriteOnceWithFSType');
    setDefault(driver.spec, 'volumeLifecycleModes', ['Persistent']);
    setDefault(driver.spec, 'requiresRepublish', false);
    setDefault(driver.spec, 'seLinuxMount', false);
  },
  validate: (driver) => [
    ...oneOf('spec.fsGroupPolicy', driver.spec.fsGroupPolicy, ['File', 'None', 'ReadWriteOnceWithFSType']),
    ...(driver.spec.volumeLifecycleModes ?? []).flatMap((mode) =>
      oneOf('spec.volumeLifecycleModes', mode, ['Persistent', 'Ephemeral']),
    ),
    ...validateTokenRequests(driver.spec.tokenRequests as TokenRequest[] | undefined),
  ],
  validateUpdate: ({ spec }, { spec: old }) =>
    (['attachRequired', 'volumeLifecycleModes'] as const)
      .filter((field) => !sameJson(spec[field], old[field]))
      // Kubernetes misspells this one.
      .map((field) => immutable(`spec.${field.replace('attachR', 'attachedR')}`, spec[field])),
};

interface TokenRequest {
  readonly audience?: string;
  readonly expirationSeconds?: number;
}

const SHORTEST_TOKEN_SECONDS = 600;

function validateTokenRequests(requests: readonly TokenRequest[] = []): FieldError[] {
  const audiences = new Set<string>();
  return requests.flatMap(({ audience = '', expirationSeconds }, index) => {
    const field = `spec.tokenRequests[${index}]`;
    const repeated = audiences.has(audience) ? [duplicateValue(`${field}.audience`, audience)] : [];
    audiences.add(audience);
    const short = expirationSeconds !== undefined && expirationSeconds < SHORTEST_TOKEN_SECONDS;
    const detail = 'may not specify a duration less than 10 minutes';
    return [
      ...repeated,
      ...(short ? [invalidValue(`${field}.expirationSeconds`, expirationSeconds, detail)] : []),
    ];
  });
}

export const csiNodeRules: KindRules<CsiNode> = {
  validate({ spec }) {
    const names = new Set<string>();
    return (spec?.drivers ?? []).flatMap(({ name, nodeID, topologyKeys, allocatable }, index) => {
      const field = `spec.drivers[${index}]`;
      const repeated = names.has(name) ? [duplicateValue(`${field}.name`, name)] : [];
      names.add(name);
      const noId = (nodeID ?? '') === '' ? [required(`${field}.nodeID`)] : [];
      return [
        ...validateDriverName(name ?? '', `${field}.name`),
        ...repeated,
        ...noId,
        ...validateTopologyKeys(topologyKeys ?? [], field),
        ...validateCount((allocatable as { count?: number } | undefined)?.count, field),
      ];
    });
  },
  validateUpdate({ spec }, { spec: old }) {
    return (spec?.drivers ?? []).flatMap((driver) => {
      const before = (old?.drivers ?? []).find(({ name }) => name === driver.name);
      const { allocatable: _was, ...fixedBefore } = before ?? {};
      const { allocatable: _is, ...fixed } = driver;
      const same = before === undefined || sameJson(withoutNulls(fixed), withoutNulls(fixedBefore));
      return same ? [] : [immutable('spec.drivers', driver)];
    });
  },
};

const withoutNulls = (fields: object) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));

function validateTopologyKeys(keys: readonly string[], field: string): FieldError[] {
  return keys.filter((key, index) => keys.indexOf(key) < index).map((key) => duplicateValue(field, key));
}

function validateCount(count: number | undefined, field: string): FieldError[] {
  return (count ?? 0) >= 0
    ? []
    : [invalidValue(`${field}.allocatable.count`, count, 'must be greater than or equal to 0')];
}

/** Also of the driver in a volume. */
export function validateDriverName(name: string, field: string): FieldError[] {
  if (name === '') return [required(field)];
  if (name.length > 63) return [{ field, type: 'too-long', detail: 'may not be more than 63 bytes' }];
  return dnsSubdomain(name.toLowerCase()).map((detail) => invalidValue(field, name, detail));
}
