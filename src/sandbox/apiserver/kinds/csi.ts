import type { CsiNode, KubeObject } from '../../../kube/objects.ts';
import {
  duplicateValue,
  type FieldError,
  immutable,
  invalidValue,
  oneOf,
  required,
} from '../validation/field-error.ts';
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

const driverName = /^([a-z0-9]([-a-z0-9]*[a-z0-9])?)(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/i;

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
    ...validateDriverName(driver.metadata.name ?? '', 'metadata.name'),
    ...oneOf('spec.fsGroupPolicy', driver.spec.fsGroupPolicy, ['File', 'None', 'ReadWriteOnceWithFSType']),
    ...(driver.spec.volumeLifecycleModes ?? []).flatMap((mode) =>
      oneOf('spec.volumeLifecycleModes', mode, ['Ephemeral', 'Persistent']),
    ),
  ],
  validateUpdate: ({ spec }, { spec: old }) =>
    (['attachRequired', 'volumeLifecycleModes'] as const)
      .filter((field) => !sameJson(spec[field], old[field]))
      .map((field) => immutable(`spec.${field}`, spec[field])),
};

export const csiNodeRules: KindRules<CsiNode> = {
  setDefaults(node) {
    node.spec ??= { drivers: [] };
    setDefault(node.spec, 'drivers', []);
  },
  validate({ spec }) {
    const names = new Set<string>();
    return (spec.drivers ?? []).flatMap(({ name, nodeID }, index) => {
      const field = `spec.drivers[${index}]`;
      const repeated = names.has(name) ? [duplicateValue(`${field}.name`, name)] : [];
      names.add(name);
      const noId = (nodeID ?? '') === '' ? [required(`${field}.nodeID`)] : [];
      return [...validateDriverName(name ?? '', `${field}.name`), ...repeated, ...noId];
    });
  },
};

function validateDriverName(name: string, field: string): FieldError[] {
  if (name === '') return [required(field)];
  if (name.length > 63) return [{ field, type: 'too-long', detail: 'may not be more than 63 bytes' }];
  return driverName.test(name)
    ? []
    : [invalidValue(field, name, 'must consist of alphanumeric characters, - and ., as in csi.example.com')];
}
