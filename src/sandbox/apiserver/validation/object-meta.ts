import type { ObjectMeta } from '../../../kube/objects.ts';
import { type FieldError, forbiddenField, immutable, invalidValue, required } from './field-error.ts';
import { dnsLabel, labelKey, type NameCheck, qualifiedName, validLabelValue } from './names.ts';

const MAX_ANNOTATION_BYTES = 256 * 1024;

export function validateObjectMeta(meta: ObjectMeta, checkName: NameCheck): FieldError[] {
  const nameErrors =
    meta.name === undefined || meta.name === ''
      ? [required('metadata.name', 'name or generateName is required')]
      : checkName(meta.name).map((detail) => invalidValue('metadata.name', meta.name, detail));
  const namespaceErrors = (meta.namespace === undefined ? [] : dnsLabel(meta.namespace)).map((detail) =>
    invalidValue('metadata.namespace', meta.namespace, detail),
  );
  return [
    ...generateNameErrors(meta.generateName, checkName),
    ...nameErrors,
    ...namespaceErrors,
    ...((meta.generation ?? 0) < 0
      ? [invalidValue('metadata.generation', meta.generation, 'must be greater than or equal to 0')]
      : []),
    ...validateLabels(meta.labels, 'metadata.labels'),
    ...validateAnnotations(meta.annotations),
    ...validateFinalizers(meta.finalizers),
    ...validateOwners(meta),
  ];
}

/** As the beginning of a name: what follows makes a dash at the end good. */
function generateNameErrors(generateName: string | undefined, checkName: NameCheck): FieldError[] {
  if (generateName === undefined || generateName === '') return [];
  return checkName(generateName.replace(/-$/, 'a')).map((detail) =>
    invalidValue('metadata.generateName', generateName, detail),
  );
}

export function validateLabels(
  labels: Readonly<Record<string, string>> | undefined,
  field: string,
): FieldError[] {
  return Object.entries(labels ?? {}).flatMap(([key, value]) => [
    ...labelKey(key).map((detail) => invalidValue(field, key, detail)),
    ...validLabelValue(value).map((detail) => invalidValue(field, value, detail)),
  ]);
}

function validateAnnotations(annotations: ObjectMeta['annotations'] = {}): FieldError[] {
  const entries = Object.entries(annotations);
  const size = entries.reduce(
    (sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value),
    0,
  );
  const field = 'metadata.annotations';
  return [
    ...entries.flatMap(([key]) =>
      // Annotation keys may be written in any case.
      qualifiedName(key.toLowerCase()).map((detail) => invalidValue(field, key, detail)),
    ),
    ...(size > MAX_ANNOTATION_BYTES
      ? [{ field, type: 'too-long', detail: `may not be more than ${MAX_ANNOTATION_BYTES} bytes` } as const]
      : []),
  ];
}

const standardFinalizers = ['kubernetes', 'orphan', 'foregroundDeletion'];

function validateFinalizers(finalizers: readonly string[] = []): FieldError[] {
  const field = 'metadata.finalizers';
  return finalizers.flatMap((finalizer, index) => [
    ...qualifiedName(finalizer).map((detail) => invalidValue(field, finalizer, detail)),
    ...(finalizer.includes('/') || standardFinalizers.includes(finalizer)
      ? []
      : [
          invalidValue(
            `${field}[${index}]`,
            finalizer,
            'name is neither a standard finalizer name nor is it fully qualified',
          ),
        ]),
    ...(finalizer === 'foregroundDeletion' && finalizers.includes('orphan')
      ? [
          invalidValue(
            `${field}[${index}]`,
            finalizers,
            'finalizer orphan and foregroundDeletion cannot be both set',
          ),
        ]
      : []),
  ]);
}

function validateOwners({ ownerReferences = [] }: ObjectMeta): FieldError[] {
  const field = 'metadata.ownerReferences';
  const missing = ownerReferences.flatMap((owner) => [
    ...(isGroupVersion(owner.apiVersion)
      ? []
      : [invalidValue(`${field}.apiVersion`, owner.apiVersion ?? '', 'version must not be empty')]),
    ...(['kind', 'name', 'uid'] as const)
      .filter((key) => (owner[key] ?? '') === '')
      .map((key) => invalidValue(`${field}.${key}`, owner[key] ?? '', 'must not be empty')),
    ...(owner.apiVersion === 'v1' && owner.kind === 'Event'
      ? [invalidValue(field, owner, '/v1, Kind=Event is disallowed from being an owner')]
      : []),
  ]);
  const controllers = ownerReferences.filter(({ controller }) => controller === true);
  if (controllers.length < 2) return missing;
  const names = controllers.map(({ kind, name }) => `${kind}/${name}`);
  return [
    ...missing,
    invalidValue(
      field,
      ownerReferences,
      `Only one reference can have Controller set to true. Found "true" in references for ${names.join(' and ')}`,
    ),
  ];
}

function isGroupVersion(text = ''): boolean {
  return /^([^/]+\/)?[^/]+$/.test(text);
}

/** What of an object's metadata no client may change once it is there. */
export function validateObjectMetaUpdate(meta: ObjectMeta, old: ObjectMeta): FieldError[] {
  return [...immutableFields(meta, old), ...newFinalizers(meta, old)];
}

function immutableFields(meta: ObjectMeta, old: ObjectMeta): FieldError[] {
  return (['uid', 'deletionTimestamp', 'deletionGracePeriodSeconds'] as const)
    .filter((field) => (meta[field] ?? '') !== '' && meta[field] !== old[field])
    .map((field) => immutable(`metadata.${field}`, meta[field]));
}

function newFinalizers(meta: ObjectMeta, old: ObjectMeta): FieldError[] {
  const added = (meta.finalizers ?? []).filter((one) => !old.finalizers?.includes(one));
  if (old.deletionTimestamp === undefined || added.length === 0) return [];
  const list = added.map((one) => JSON.stringify(one)).join(', ');
  return [
    forbiddenField(
      'metadata.finalizers',
      `no new finalizers can be added if the object is being deleted, found new finalizers []string{${list}}`,
    ),
  ];
}
