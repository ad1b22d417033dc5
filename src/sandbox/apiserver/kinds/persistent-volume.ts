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
import { addFinalizer, type KindRules, sameJson, setDefault } from './kind-rules.ts';
import { accessModes } from './persistent-volume-claim.ts';

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
  validate: ({ spec }) => [
    ...validateCapacity(spec.capacity?.storage),
    ...((spec.accessModes ?? []).length === 0 ? [required('spec.accessModes')] : []),
    ...(spec.accessModes ?? [])
      .filter((mode) => !accessModes.includes(mode))
      .map((mode) => notSupported('spec.accessModes', mode, accessModes)),
    ...validateSource(spec),
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
    ...(spec.volumeMode === old.volumeMode ? [] : [immutable('spec.volumeMode', spec.volumeMode)]),
    ...(old.nodeAffinity === undefined || sameJson(spec.nodeAffinity, old.nodeAffinity)
      ? []
      : [immutable('spec.nodeAffinity', spec.nodeAffinity)]),
  ],
};

function validateCapacity(storage: string | undefined): FieldError[] {
  if (storage === undefined) return [required('spec.capacity')];
  return nanoOf(storage) > 0n
    ? []
    : [invalidValue('spec.capacity[storage]', storage, 'must be greater than zero')];
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
  const present = sources.filter((source) => spec[source] !== undefined);
  if (present.length === 0) return [required('spec', 'must specify a volume type')];
  const others = present
    .slice(1)
    .map((source) => forbiddenField(`spec.${source}`, 'may not specify more than 1 volume type'));
  return [...others, ...validateCsi(spec.csi)];
}

function validateCsi(csi: PersistentVolume['spec']['csi']): FieldError[] {
  if (csi === undefined) return [];
  return [
    ...((csi.driver ?? '') === '' ? [required('spec.csi.driver')] : []),
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
