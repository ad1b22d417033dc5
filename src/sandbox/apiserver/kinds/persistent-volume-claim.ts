import type { PersistentVolumeClaim, StorageClass } from '../../../kube/objects.ts';
import { admitWithinLimits } from '../admission/limit-range.ts';
import { forbidden } from '../http/status-error.ts';
import { nanoOf } from '../schema/quantity.ts';
import {
  type FieldError,
  forbiddenField,
  invalidValue,
  notSupported,
  oneOf,
  required,
} from '../validation/field-error.ts';
import { dnsSubdomain } from '../validation/names.ts';
import { addFinalizer, type ClusterView, type KindRules, sameJson, setDefault } from './kind-rules.ts';

export const accessModes = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod'] as const;
const defaultClassAnnotation = 'storageclass.kubernetes.io/is-default-class';

const claims = { group: '', plural: 'persistentvolumeclaims', kind: 'PersistentVolumeClaim' };

export const persistentVolumeClaimRules: KindRules<PersistentVolumeClaim> = {
  setDefaults(claim) {
    claim.spec ??= {};
    setDefault(claim.spec, 'volumeMode', 'Filesystem');
    claim.status ??= {};
    setDefault(claim.status, 'phase', 'Pending');
  },
  prepareCreate(claim, cluster) {
    claim.status = { phase: 'Pending' };
    addFinalizer(claim, 'kubernetes.io/pvc-protection');
    matchDataSources(claim);
    setDefaultClass(claim, cluster);
  },
  validate: (claim) => validateClaimSpec(claim.spec, 'spec'),
  validateUpdate: validateClaimUpdate,
  admitCreate: admitWithinLimits,
  admitUpdate: admitExpansion,
};

/** A source of another kind, in the old of the two fields, is dropped as if it had not been given. */
function isKnownSource({ apiGroup, kind }: { apiGroup?: string | null; kind?: string }): boolean {
  const isClaim = kind === 'PersistentVolumeClaim' && (apiGroup ?? '') === '';
  return isClaim || (kind === 'VolumeSnapshot' && apiGroup === 'snapshot.storage.k8s.io');
}

/** Either of the two names the source of the data; the API server keeps both alike. */
function matchDataSources({ spec }: PersistentVolumeClaim): void {
  if (spec.dataSource !== undefined && !isKnownSource(spec.dataSource)) delete spec.dataSource;
  if (spec.dataSource !== undefined && spec.dataSourceRef === undefined)
    spec.dataSourceRef = { ...spec.dataSource };
  else if (
    spec.dataSourceRef !== undefined &&
    spec.dataSource === undefined &&
    spec.dataSourceRef.namespace === undefined
  ) {
    spec.dataSource = { ...spec.dataSourceRef };
  }
}

/** Admission plugin DefaultStorageClass: the newest class with the annotation, by name among equals. */
function setDefaultClass(claim: PersistentVolumeClaim, cluster: ClusterView): void {
  const legacy = claim.metadata.annotations?.['volume.beta.kubernetes.io/storage-class'];
  if (claim.spec.storageClassName !== undefined || legacy !== undefined) return;
  const defaults = cluster
    .list<StorageClass>('storage.k8s.io/storageclasses', undefined)
    .filter(({ metadata }) => metadata.annotations?.[defaultClassAnnotation] === 'true')
    .sort(
      ({ metadata: a }, { metadata: b }) =>
        (b.creationTimestamp ?? '').localeCompare(a.creationTimestamp ?? '') ||
        (a.name ?? '').localeCompare(b.name ?? ''),
    );
  const name = defaults[0]?.metadata.name;
  if (name !== undefined) claim.spec.storageClassName = name;
}

/** Also for a StatefulSet's claim templates; `field` is the path of the spec. */
export function validateClaimSpec(spec: PersistentVolumeClaim['spec'], field: string): FieldError[] {
  const storage = spec.resources?.requests?.storage;
  const modes = spec.accessModes ?? [];
  return [
    ...(modes.length === 0 ? [required(`${field}.accessModes`, 'at least 1 access mode is required')] : []),
    ...validateSelector(spec.selector as Selector | undefined, `${field}.selector`),
    ...validateAccessModes(modes, `${field}.accessModes`),
    ...(storage === undefined
      ? [required(`${field}.resources[storage]`)]
      : nanoOf(storage) > 0n
        ? []
        : [invalidValue(`${field}.resources[storage]`, storage, 'must be greater than zero')]),
    ...(spec.storageClassName === undefined || spec.storageClassName === ''
      ? []
      : dnsSubdomain(spec.storageClassName).map((detail) =>
          invalidValue(`${field}.storageClassName`, spec.storageClassName, detail),
        )),
    ...oneOf(`${field}.volumeMode`, spec.volumeMode, ['Block', 'Filesystem']),
    ...validateDataSources(spec, field),
  ];
}

/** Of claims and volumes. */
export function validateAccessModes(modes: readonly string[], field: string): FieldError[] {
  const known: readonly string[] = accessModes;
  return [
    ...modes.filter((mode) => !known.includes(mode)).map((mode) => notSupported(field, mode, accessModes)),
    ...(modes.length > 1 && modes.includes('ReadWriteOncePod')
      ? [forbiddenField(field, 'may not use ReadWriteOncePod with other access modes')]
      : []),
  ];
}

interface Selector {
  readonly matchExpressions?: readonly { readonly operator?: string }[];
}

function validateSelector({ matchExpressions = [] }: Selector = {}, field: string): FieldError[] {
  return matchExpressions.flatMap(({ operator = '' }, index) =>
    ['In', 'NotIn', 'Exists', 'DoesNotExist'].includes(operator)
      ? []
      : [
          invalidValue(
            `${field}.matchExpressions[${index}].operator`,
            operator,
            'not a valid selector operator',
          ),
        ],
  );
}

function validateDataSources(
  { dataSource, dataSourceRef }: PersistentVolumeClaim['spec'],
  field: string,
): FieldError[] {
  const unnamed = [
    ['dataSource', dataSource],
    ['dataSourceRef', dataSourceRef],
  ] as const;
  const differ =
    dataSource !== undefined && dataSourceRef !== undefined && dataSourceRef.namespace === undefined
      ? !sameJson(dataSource, dataSourceRef)
      : false;
  return [
    ...unnamed
      .filter(([, source]) => source !== undefined && (source.name ?? '') === '')
      .map(([name]) => required(`${field}.${name}.name`)),
    ...(differ ? [invalidValue(field, {}, 'must match dataSourceRef')] : []),
  ];
}

function validateClaimUpdate(claim: PersistentVolumeClaim, old: PersistentVolumeClaim): FieldError[] {
  const errors: FieldError[] = [];
  if (!sameJson(fixedPart(claim, old), fixedPart(old, old))) {
    errors.push(
      forbiddenField(
        'spec',
        'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims',
      ),
    );
  }
  const [size, oldSize] = [requestedSize(claim), requestedSize(old)];
  if (size < oldSize && size <= nanoOf(old.status?.capacity?.storage)) {
    // Above what it has a claim may shrink: so an expansion that cannot be done is taken back.
    errors.push(
      forbiddenField('spec.resources.requests.storage', 'field can not be less than status.capacity'),
    );
  }
  return errors;
}

const requestedSize = ({ spec }: PersistentVolumeClaim) => nanoOf(spec.resources?.requests?.storage);

/** The spec without what may change: a bound claim's size and attributes class, and what is still open. */
function fixedPart(claim: PersistentVolumeClaim, old: PersistentVolumeClaim): unknown {
  const { resources, volumeName, storageClassName, volumeAttributesClassName, ...rest } = claim.spec;
  const { storage, ...otherRequests } = resources?.requests ?? {};
  const bound = old.status?.phase === 'Bound';
  return {
    ...rest,
    limits: resources?.limits,
    otherRequests,
    storage: bound ? undefined : storage,
    volumeAttributesClassName: bound ? undefined : volumeAttributesClassName,
    // The binder sets the name once; a default class found later is set on a claim that named none.
    volumeName: (old.spec.volumeName ?? '') === '' ? undefined : volumeName,
    storageClassName: old.spec.storageClassName === undefined ? undefined : storageClassName,
  };
}

/** Admission plugin PersistentVolumeClaimResize. */
function admitExpansion(
  claim: PersistentVolumeClaim,
  old: PersistentVolumeClaim,
  cluster: ClusterView,
): void {
  if (requestedSize(claim) <= requestedSize(old)) return;
  const className = claim.spec.storageClassName ?? '';
  const storageClass =
    className === '' ? undefined : cluster.get<StorageClass>('storage.k8s.io/storageclasses', '', className);
  if (storageClass?.allowVolumeExpansion === true) return;
  throw forbidden(
    claims,
    claim.metadata.name ?? '',
    'only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize',
  );
}
