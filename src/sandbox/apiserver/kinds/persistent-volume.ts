import type { PersistentVolume } from '../../../kube/objects.ts';
import { nanoOf } from '../schema/quantity.ts';
import {
  type FieldError,
  forbiddenField,
  immutable,
  invalidValue,
  notSupported,
  oneOf,
  required,
} from '../validation/field-error.ts';
import { dnsSubdomain } from '../validation/names.ts';
import { validateDriverName } from './csi.ts';
import { addFinalizer, type KindRules, sameJson, setDefault } from './kind-rules.ts';
import { validateAccessModes } from './persistent-volume-claim.ts';

/** Keys of `spec` that are a volume source; exactly one has to be there. */
const sources = [
  'awsElasticBlockStore',
  'azureDisk',
  'azureFile',
  'cephfs',
  'cinder',
  'csi',
  'fc',
  'flexVolume',
  'flocker',
  'gcePersistentDisk',
  'glusterfs',
  'hostPath',
  'iscsi',
  'local',
  'nfs',
  'photonPersistentDisk',
  'portworxVolume',
  'quobyte',
  'rbd',
  'scaleIO',
  'storageos',
  'vsphereVolume',
] as const;

export const persistentVolumeRules: KindRules<PersistentVolume> = {
  setDefaults(volume) {
    volume.spec ??= {};
    setDefault(volume.spec, 'persistentVolumeReclaimPolicy', 'Retain');
    setDefault(volume.spec, 'volumeMode', 'Filesystem');
    if (volume.spec.hostPath !== undefined) setDefault(volume.spec.hostPath as { type?: string }, 'type', '');
    volume.status ??= {};
    setDefault(volume.status, 'phase', 'Pending');
  },
  prepareCreate(volume, cluster) {
    volume.status = { phase: 'Pending', lastPhaseTransitionTime: cluster.timestamp() };
    addFinalizer(volume, 'kubernetes.io/pv-protection');
  },
  prepareUpdate(volume, old, cluster) {
    if (volume.status === undefined || volume.status.phase === old.status?.phase) return;
    if (volume.status.lastPhaseTransitionTime === old.status?.lastPhaseTransitionTime) {
      volume.status.lastPhaseTransitionTime = cluster.timestamp();
    }
  },
  validate: ({ metadata, spec }) => [
    ...((spec.accessModes ?? []).length === 0 ? [required('spec.accessModes')] : []),
    ...validateCapacity(spec.capacity),
    ...validateAccessModes(spec.accessModes ?? [], 'spec.accessModes'),
    ...validateNodeAffinity(spec.nodeAffinity as NodeAffinity | undefined),
    ...validateSource(spec),
    ...validateMountOptions(metadata.annotations, spec),
    ...((spec.storageClassName ?? '') === ''
      ? []
      : dnsSubdomain(spec.storageClassName ?? '').map((detail) =>
          invalidValue('spec.storageClassName', spec.storageClassName, detail),
        )),
    ...oneOf('spec.persistentVolumeReclaimPolicy', spec.persistentVolumeReclaimPolicy, [
      'Delete',
      'Recycle',
      'Retain',
    ]),
    ...oneOf('spec.volumeMode', spec.volumeMode, ['Block', 'Filesystem']),
  ],
  validateUpdate: ({ spec }, { spec: old }) => [
    ...(sameJson(sourceOf(spec), sourceOf(old))
      ? []
      : [
          forbiddenField(
            'spec.persistentvolumesource',
            'spec.persistentvolumesource is immutable after creation',
          ),
        ]),
    ...(spec.volumeMode === old.volumeMode ? [] : [immutable('volumeMode', spec.volumeMode)]),
    ...(old.nodeAffinity === undefined || sameJson(spec.nodeAffinity, old.nodeAffinity)
      ? []
      : [
          invalidValue(
            'nodeAffinity',
            spec.nodeAffinity,
            'field is immutable, except for updating from beta label to GA',
          ),
        ]),
  ],
};

function validateCapacity(capacity: Readonly<Record<string, string>> = {}): FieldError[] {
  const { storage } = capacity;
  const names = Object.keys(capacity);
  return [
    ...(names.length === 0 ? [required('spec.capacity')] : []),
    ...(storage === undefined || names.length > 1
      ? [notSupported('spec.capacity', names.length === 0 ? null : capacity, ['storage'])]
      : []),
    ...(storage === undefined || nanoOf(storage) > 0n
      ? []
      : [invalidValue('spec.capacity[storage]', storage, 'must be greater than zero')]),
  ];
}

interface NodeAffinity {
  readonly required?: { readonly nodeSelectorTerms?: readonly unknown[] };
}

function validateNodeAffinity(affinity: NodeAffinity | undefined): FieldError[] {
  const field = 'spec.nodeAffinity.required';
  if (affinity === undefined) return [];
  if (affinity.required === undefined) return [required(field, 'must specify required node constraints')];
  return (affinity.required.nodeSelectorTerms ?? []).length > 0
    ? []
    : [required(`${field}.nodeSelectorTerms`, 'must have at least one node selector term')];
}

const mountOptionsAnnotation = 'volume.beta.kubernetes.io/mount-options';
/** Volume types that took mount options when an annotation still gave them. */
const annotatedSources = ['nfs', 'awsElasticBlockStore', 'azureDisk', 'azureFile', 'cephfs', 'iscsi', 'rbd'];

function validateMountOptions(
  annotations: Readonly<Record<string, string>> = {},
  spec: PersistentVolume['spec'],
): FieldError[] {
  if (annotations[mountOptionsAnnotation] === undefined) return [];
  return annotatedSources.some((source) => spec[source] !== undefined)
    ? []
    : [
        forbiddenField(
          `metadata.annotations.${mountOptionsAnnotation}`,
          'may not specify mount options for this volume type',
        ),
      ];
}

/** The sources; expansion may still add the secret for it. */
function sourceOf(spec: PersistentVolume['spec']): unknown {
  const {
    controllerExpandSecretRef: _expand,
    nodeExpandSecretRef: _nodeExpand,
    ...csi
  } = spec.csi ?? {
    driver: '',
    volumeHandle: '',
  };
  return sources.map((source) => (source === 'csi' && spec.csi !== undefined ? csi : spec[source]));
}

function validateSource(spec: PersistentVolume['spec']): FieldError[] {
  const [first, ...others] = sourcesInOrder.filter((source) => spec[source] !== undefined);
  if (first === undefined) return [required('spec', 'must specify a volume type')];
  return [
    ...(first === 'hostPath' ? validateHostPath(spec.hostPath as { path?: string }) : []),
    ...(first === 'nfs' ? validateNfs(spec.nfs as { server?: string; path?: string }) : []),
    ...(first === 'csi' ? validateCsi(spec.csi) : []),
    ...others.map((source) => forbiddenField(`spec.${source}`, 'may not specify more than 1 volume type')),
  ];
}

/** The order in which Kubernetes looks at them: the first it finds is the one meant. */
const sourcesInOrder = [...sources.filter((source) => source !== 'csi'), 'csi'] as const;

function validateHostPath({ path = '' }: { path?: string }): FieldError[] {
  if (path === '') return [required('spec.hostPath.path')];
  return path.split('/').includes('..')
    ? [invalidValue('spec.hostPath.path', path, "must not contain '..'")]
    : [];
}

function validateNfs({ server = '', path = '' }: { server?: string; path?: string }): FieldError[] {
  return [
    ...(server === '' ? [required('spec.nfs.server')] : []),
    ...(path === '' ? [required('spec.nfs.path')] : []),
    ...(path === '' || path.startsWith('/')
      ? []
      : [invalidValue('spec.nfs.path', path, 'must be an absolute path')]),
  ];
}

function validateCsi(csi: PersistentVolume['spec']['csi']): FieldError[] {
  if (csi === undefined) return [];
  return [
    ...validateDriverName(csi.driver ?? '', 'spec.csi.driver'),
    ...((csi.volumeHandle ?? '') === '' ? [required('spec.csi.volumeHandle')] : []),
    ...Object.entries(csi)
      .filter(([key]) => key.endsWith('SecretRef'))
      .flatMap(([key, ref]) =>
        (['name', 'namespace'] as const)
          .filter((part) => ((ref as Record<string, unknown>)[part] ?? '') === '')
          .map((part) => required(`spec.csi.${key}.${part}`)),
      ),
  ];
}
