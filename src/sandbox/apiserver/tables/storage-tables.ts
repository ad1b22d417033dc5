import type { CsiNode, KubeObject, PersistentVolume, PersistentVolumeClaim } from '../../../kube/objects.ts';
import { ageColumn, at, type Column, nameColumn, number, text, textAt, wide } from './column.ts';

const shortModes: Readonly<Record<string, string>> = {
  ReadWriteOnce: 'RWO',
  ReadOnlyMany: 'ROX',
  ReadWriteMany: 'RWX',
  ReadWriteOncePod: 'RWOP',
};

function modes(list: readonly string[] | undefined): string {
  return (list ?? []).map((mode) => shortModes[mode] ?? mode).join(',');
}

const betaClassAnnotation = 'volume.beta.kubernetes.io/storage-class';

function className(object: PersistentVolume | PersistentVolumeClaim): string {
  return object.metadata.annotations?.[betaClassAnnotation] ?? object.spec.storageClassName ?? '';
}

function phase(object: KubeObject): string {
  return object.metadata.deletionTimestamp === undefined ? textAt('status.phase')(object) : 'Terminating';
}

const unset = '<unset>';

export const claimColumns: readonly Column<PersistentVolumeClaim>[] = [
  nameColumn,
  text('Status', phase),
  text('Volume', ({ spec }) => spec.volumeName ?? ''),
  text('Capacity', ({ spec, status }) =>
    (spec.volumeName ?? '') === '' ? '' : (status?.capacity?.storage ?? '0'),
  ),
  text('Access Modes', ({ spec, status }) =>
    (spec.volumeName ?? '') === '' ? '' : modes(status?.accessModes),
  ),
  text('StorageClass', className),
  text('VolumeAttributesClass', ({ spec }) => spec.volumeAttributesClassName ?? unset),
  ageColumn,
  wide('VolumeMode', ({ spec }) => spec.volumeMode ?? unset),
];

export const volumeColumns: readonly Column<PersistentVolume>[] = [
  nameColumn,
  text('Capacity', ({ spec }) => spec.capacity?.storage ?? '0'),
  text('Access Modes', ({ spec }) => modes(spec.accessModes)),
  text('Reclaim Policy', ({ spec }) => spec.persistentVolumeReclaimPolicy ?? ''),
  text('Status', phase),
  text('Claim', ({ spec: { claimRef } }) =>
    claimRef === undefined ? '' : `${claimRef.namespace}/${claimRef.name}`,
  ),
  text('StorageClass', className),
  text('VolumeAttributesClass', ({ spec }) => spec.volumeAttributesClassName ?? unset),
  text('Reason', textAt('status.reason')),
  ageColumn,
  wide('VolumeMode', ({ spec }) => spec.volumeMode ?? unset),
];

export const storageClassColumns: readonly Column[] = [
  {
    ...nameColumn,
    cell: ({ metadata }) => {
      const isDefault = metadata.annotations?.['storageclass.kubernetes.io/is-default-class'] === 'true';
      return `${metadata.name}${isDefault ? ' (default)' : ''}`;
    },
  },
  text('Provisioner', textAt('provisioner')),
  text('ReclaimPolicy', textAt('reclaimPolicy', 'Delete')),
  text('VolumeBindingMode', textAt('volumeBindingMode', 'Immediate')),
  {
    ...text('AllowVolumeExpansion', (object) => at(object, 'allowVolumeExpansion') === true),
    type: 'string',
  },
  ageColumn,
];

const orTrueFalse = (path: string) => (object: KubeObject) => at(object, path) === true;

export const csiDriverColumns: readonly Column[] = [
  nameColumn,
  { ...text('AttachRequired', (object) => at(object, 'spec.attachRequired') !== false), type: 'boolean' },
  { ...text('PodInfoOnMount', orTrueFalse('spec.podInfoOnMount')), type: 'boolean' },
  { ...text('StorageCapacity', orTrueFalse('spec.storageCapacity')), type: 'boolean' },
  text('TokenRequests', (object) => {
    const requests = at(object, 'spec.tokenRequests') as { audience: string }[] | undefined;
    return requests === undefined ? unset : requests.map(({ audience }) => audience).join(',');
  }),
  { ...text('RequiresRepublish', orTrueFalse('spec.requiresRepublish')), type: 'boolean' },
  text(
    'Modes',
    (object) => (at(object, 'spec.volumeLifecycleModes') as string[] | undefined)?.join(',') ?? '<none>',
  ),
  ageColumn,
];

export const csiNodeColumns: readonly Column<CsiNode>[] = [
  nameColumn,
  number('Drivers', ({ spec }) => (spec.drivers ?? []).length),
  ageColumn,
];

export const volumeAttachmentColumns: readonly Column[] = [
  nameColumn,
  { ...text('Attacher', textAt('spec.attacher')), format: 'name' },
  text('PV', textAt('spec.source.persistentVolumeName')),
  text('Node', textAt('spec.nodeName')),
  { ...text('Attached', orTrueFalse('status.attached')), type: 'boolean' },
  ageColumn,
];

export const attributesClassColumns: readonly Column[] = [
  nameColumn,
  text('DriverName', textAt('driverName')),
  ageColumn,
];
