import type { StorageClass } from '../../../kube/objects.ts';
import { type FieldError, immutable, invalidValue, oneOf, required } from '../validation/field-error.ts';
import { labelKey, qualifiedName } from '../validation/names.ts';
import { type KindRules, sameJson, setDefault } from './kind-rules.ts';

const MAX_PARAMETERS = 512;
const MAX_PARAMETER_BYTES = 256 * 1024;

export const storageClassRules: KindRules<StorageClass> = {
  setDefaults(storageClass) {
    setDefault(storageClass, 'reclaimPolicy', 'Delete');
    setDefault(storageClass, 'volumeBindingMode', 'Immediate');
  },
  validate: (storageClass) => [
    ...validateProvisioner(storageClass.provisioner),
    ...validateParameters(storageClass.parameters),
    ...oneOf('reclaimPolicy', storageClass.reclaimPolicy, ['Delete', 'Retain']),
    ...oneOf('volumeBindingMode', storageClass.volumeBindingMode, ['Immediate', 'WaitForFirstConsumer']),
    ...validateTopologies(storageClass.allowedTopologies as TopologyTerm[] | undefined),
  ],
  validateUpdate: (storageClass, old) => [
    ...(['parameters', 'provisioner', 'reclaimPolicy', 'volumeBindingMode'] as const)
      .filter((field) => !sameJson(storageClass[field], old[field]))
      .map((field) => immutable(field, storageClass[field])),
  ],
};

function validateProvisioner(provisioner: string | undefined): FieldError[] {
  if (provisioner === undefined || provisioner === '') return [required('provisioner')];
  return qualifiedName(provisioner.toLowerCase()).map((detail) =>
    invalidValue('provisioner', provisioner, detail),
  );
}

interface TopologyTerm {
  readonly matchLabelExpressions?: readonly { readonly key?: string; readonly values?: readonly string[] }[];
}

function validateTopologies(terms: readonly TopologyTerm[] = []): FieldError[] {
  return terms.flatMap(({ matchLabelExpressions = [] }, index) =>
    matchLabelExpressions.flatMap(({ key = '', values = [] }, number) => {
      const at = `allowedTopologies[${index}].matchLabelExpressions[${number}]`;
      return [
        ...(values.length === 0 ? [required(`${at}.values`)] : []),
        ...labelKey(key).map((detail) => invalidValue(`${at}.key`, key, detail)),
      ];
    }),
  );
}

function validateParameters(parameters: StorageClass['parameters'] = {}): FieldError[] {
  const entries = Object.entries(parameters);
  const bytes = entries.reduce(
    (sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value),
    0,
  );
  const limits: FieldError[] = [];
  if (entries.length > MAX_PARAMETERS) {
    limits.push({
      field: 'parameters',
      type: 'too-long',
      detail: `may not be more than ${MAX_PARAMETERS} bytes`,
    });
  }
  if (bytes > MAX_PARAMETER_BYTES) {
    limits.push({
      field: 'parameters',
      type: 'too-long',
      detail: `may not be more than ${MAX_PARAMETER_BYTES} bytes`,
    });
  }
  const empty = entries.some(([key]) => key === '');
  return [...limits, ...(empty ? [invalidValue('parameters', '', 'field can not be empty.')] : [])];
}
