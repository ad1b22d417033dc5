import type { KubeObject } from '../../../kube/objects.ts';
import { forbiddenField, immutable, invalidValue, required } from '../validation/field-error.ts';
import { dnsSubdomain } from '../validation/names.ts';
import { addFinalizer, type KindRules, sameJson } from './kind-rules.ts';

interface CsiStorageCapacity extends KubeObject {
  storageClassName?: string;
  nodeTopology?: object;
}

export const csiStorageCapacityRules: KindRules<CsiStorageCapacity> = {
  validate: ({ storageClassName = '' }) =>
    dnsSubdomain(storageClassName).map((detail) =>
      invalidValue('storageClassName', storageClassName, detail),
    ),
  validateUpdate: (capacity, old) =>
    (['nodeTopology', 'storageClassName'] as const)
      .filter((field) => !sameJson(capacity[field], old[field]))
      .map((field) => immutable(field, capacity[field])),
};

interface VolumeAttributesClass extends KubeObject {
  driverName?: string;
  parameters?: Record<string, string>;
}

export const volumeAttributesClassRules: KindRules<VolumeAttributesClass> = {
  prepareCreate(attributesClass) {
    addFinalizer(attributesClass, 'kubernetes.io/vac-protection');
  },
  validate: ({ driverName = '', parameters = {} }) => [
    ...(driverName === '' ? [required('driverName')] : []),
    ...(Object.keys(parameters).length === 0
      ? [required('parameters', 'must contain at least one key/value pair')]
      : []),
  ],
  validateUpdate: (attributesClass, old) => [
    ...(attributesClass.driverName === old.driverName
      ? []
      : [forbiddenField('driverName', 'updates to driverName are forbidden.')]),
    ...(sameJson(attributesClass.parameters, old.parameters)
      ? []
      : [forbiddenField('parameters', 'updates to parameters are forbidden.')]),
  ],
};
