import type { KubeObject } from '../../../kube/objects.ts';
import type { CustomColumn, JsonSchema } from '../resources/resource-definition.ts';
import { type FieldError, immutable, invalidValue, oneOf, required } from '../validation/field-error.ts';
import { type KindRules, setDefault } from './kind-rules.ts';

export interface CustomResourceDefinition extends KubeObject {
  spec: {
    group: string;
    scope: 'Namespaced' | 'Cluster';
    names: {
      plural: string;
      singular?: string;
      kind: string;
      listKind?: string;
      shortNames?: string[];
      categories?: string[];
    };
    versions: CustomResourceVersion[];
    conversion?: { strategy?: string };
    preserveUnknownFields?: boolean;
  };
  status?: {
    conditions?: unknown[];
    acceptedNames?: unknown;
    storedVersions?: string[];
  };
}

export interface CustomResourceVersion {
  name: string;
  served?: boolean;
  storage?: boolean;
  schema?: { openAPIV3Schema?: JsonSchema };
  subresources?: {
    status?: object;
    scale?: { specReplicasPath: string; statusReplicasPath: string; labelSelectorPath?: string };
  };
  additionalPrinterColumns?: CustomColumn[];
  selectableFields?: { jsonPath: string }[];
}

/** Holds the definition back until its objects are gone. */
export const customResourceCleanup = 'customresourcecleanup.apiextensions.k8s.io';

export const customResourceDefinitionRules: KindRules<CustomResourceDefinition> = {
  setDefaults({ spec }) {
    if (spec?.names === undefined) return;
    setDefault(spec.names, 'singular', spec.names.kind?.toLowerCase() ?? '');
    setDefault(spec.names, 'listKind', `${spec.names.kind}List`);
    setDefault(spec, 'conversion', { strategy: 'None' });
  },
  prepareCreate(definition, cluster) {
    const { names, versions } = definition.spec ?? {};
    const lastTransitionTime = cluster.timestamp();
    // Names are accepted at once: two definitions of one group and plural would have the same object name.
    definition.status = {
      conditions: [
        {
          lastTransitionTime,
          message: 'no conflicts found',
          reason: 'NoConflicts',
          status: 'True',
          type: 'NamesAccepted',
        },
        {
          lastTransitionTime,
          message: 'the initial names have been accepted',
          reason: 'InitialNamesAccepted',
          status: 'True',
          type: 'Established',
        },
      ],
      acceptedNames: names,
      storedVersions: (versions ?? []).filter(({ storage }) => storage === true).map(({ name }) => name),
    };
  },
  validate: validateDefinition,
  validateUpdate: ({ spec }, { spec: old }) => [
    ...(spec.group === old.group ? [] : [immutable('spec.group', spec.group)]),
    ...(spec.scope === old.scope ? [] : [immutable('spec.scope', spec.scope)]),
    ...(spec.names.kind === old.names.kind ? [] : [immutable('spec.names.kind', spec.names.kind)]),
    ...(spec.names.plural === old.names.plural ? [] : [immutable('spec.names.plural', spec.names.plural)]),
  ],
};

function validateDefinition({ metadata, spec }: CustomResourceDefinition): FieldError[] {
  if (spec === undefined) return [required('spec')];
  const { group = '', names, versions = [] } = spec;
  const missing = (['plural', 'kind'] as const).filter((field) => (names?.[field] ?? '') === '');
  const stored = versions.filter(({ storage }) => storage === true);
  return [
    ...(group === '' ? [required('spec.group')] : []),
    ...missing.map((field) => required(`spec.names.${field}`)),
    ...(metadata.name === `${names?.plural}.${group}`
      ? []
      : [invalidValue('metadata.name', metadata.name, 'must be spec.names.plural+"."+spec.group')]),
    ...oneOf('spec.scope', spec.scope ?? '', ['Cluster', 'Namespaced']),
    ...oneOf('spec.conversion.strategy', spec.conversion?.strategy, ['None']),
    ...(stored.length === 1
      ? []
      : [
          invalidValue(
            'spec.versions',
            versions.map(({ name }) => name),
            'must have exactly one version marked as storage version',
          ),
        ]),
    ...versions.flatMap(({ name, schema }, index): FieldError[] => [
      ...((name ?? '') === '' ? [required(`spec.versions[${index}].name`)] : []),
      ...validateSchema(schema?.openAPIV3Schema, `spec.versions[${index}].schema.openAPIV3Schema`),
    ]),
  ];
}

function validateSchema(schema: JsonSchema | undefined, field: string): FieldError[] {
  if (schema === undefined) return [required(field)];
  return schema.type === 'object'
    ? []
    : [invalidValue(`${field}.type`, schema.type ?? '', 'must be object at the root')];
}
