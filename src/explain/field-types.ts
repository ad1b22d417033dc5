import { isRecord, type Manifest, type Path } from './manifest.ts';
import type { LocatedFinding } from './report.ts';

/** The types of the fields that are looked at; others pass. `quantity` is a string or a number, as in Kubernetes. */
export type FieldType =
  | 'string'
  | 'boolean'
  | 'number'
  | 'quantity'
  | { readonly map: FieldType }
  | { readonly list: FieldType }
  | { readonly fields: Readonly<Record<string, FieldType>> };

const claimSpec: FieldType = {
  fields: {
    accessModes: { list: 'string' },
    storageClassName: 'string',
    volumeName: 'string',
    volumeMode: 'string',
    resources: { fields: { requests: { map: 'quantity' }, limits: { map: 'quantity' } } },
  },
};

const podSpec: FieldType = {
  fields: {
    volumes: {
      list: {
        fields: {
          name: 'string',
          persistentVolumeClaim: { fields: { claimName: 'string', readOnly: 'boolean' } },
        },
      },
    },
    containers: {
      list: {
        fields: {
          name: 'string',
          volumeMounts: { list: { fields: { name: 'string', mountPath: 'string', readOnly: 'boolean' } } },
        },
      },
    },
  },
};

const template: FieldType = { fields: { spec: podSpec } };

export const typesByKind: Readonly<Record<string, FieldType>> = {
  StorageClass: {
    fields: {
      provisioner: 'string',
      parameters: { map: 'string' },
      reclaimPolicy: 'string',
      volumeBindingMode: 'string',
      mountOptions: { list: 'string' },
    },
  },
  PersistentVolumeClaim: { fields: { spec: claimSpec } },
  PersistentVolume: {
    fields: {
      spec: {
        fields: {
          capacity: { map: 'quantity' },
          accessModes: { list: 'string' },
          mountOptions: { list: 'string' },
          storageClassName: 'string',
          persistentVolumeReclaimPolicy: 'string',
          csi: {
            fields: {
              driver: 'string',
              volumeHandle: 'string',
              readOnly: 'boolean',
              volumeAttributes: { map: 'string' },
            },
          },
        },
      },
    },
  },
  Pod: { fields: { spec: podSpec } },
  Deployment: { fields: { spec: { fields: { replicas: 'number', template } } } },
  ReplicaSet: { fields: { spec: { fields: { replicas: 'number', template } } } },
  DaemonSet: { fields: { spec: { fields: { template } } } },
  Job: { fields: { spec: { fields: { template } } } },
  CronJob: {
    fields: { spec: { fields: { jobTemplate: { fields: { spec: { fields: { template } } } } } } },
  },
  StatefulSet: {
    fields: {
      spec: {
        fields: {
          replicas: 'number',
          template,
          volumeClaimTemplates: { list: { fields: { spec: claimSpec } } },
        },
      },
    },
  },
  ResourceQuota: { fields: { spec: { fields: { hard: { map: 'quantity' } } } } },
};

/** What YAML 1.1, which Kubernetes reads, takes for a boolean although YAML 1.2 does not. */
const oldBoolean = /^(y|Y|yes|Yes|YES|n|N|no|No|NO|on|On|ON|off|Off|OFF)$/;

/** Where the API server would refuse the manifest because a field has another type; in its words, with the line. */
export function checkTypes(manifest: Manifest, type: FieldType): readonly LocatedFinding[] {
  return check(manifest, type, manifest.value, []);
}

function check(manifest: Manifest, type: FieldType, value: unknown, path: Path): LocatedFinding[] {
  if (value === undefined || value === null) return [];
  const found = typeOf(manifest, value, path, type);
  if (typeof type === 'string') {
    if (found === type || (type === 'quantity' && (found === 'string' || found === 'number'))) return [];
    return [mismatch(manifest, path, found, type === 'quantity' ? 'resource.Quantity' : goType(type))];
  }
  if ('list' in type) {
    if (!Array.isArray(value)) return [mismatch(manifest, path, found, 'array')];
    return value.flatMap((item, index) => check(manifest, type.list, item, [...path, index]));
  }
  if (!isRecord(value)) return [mismatch(manifest, path, found, 'object')];
  if ('map' in type)
    return Object.entries(value).flatMap(([key, item]) => check(manifest, type.map, item, [...path, key]));
  return Object.entries(type.fields).flatMap(([key, field]) =>
    check(manifest, field, value[key], [...path, key]),
  );
}

function typeOf(manifest: Manifest, value: unknown, path: Path, wanted: FieldType): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'string' && (wanted === 'string' || wanted === 'boolean')) {
    const plain = manifest.plainText(path);
    return plain !== undefined && oldBoolean.test(plain) ? 'boolean' : 'string';
  }
  return typeof value === 'bigint' ? 'number' : typeof value;
}

const goType = (type: 'string' | 'boolean' | 'number') =>
  ({ string: 'string', boolean: 'bool', number: 'int32' })[type];

function mismatch(manifest: Manifest, path: Path, found: string, wanted: string): LocatedFinding {
  const said = found === 'boolean' ? 'bool' : found;
  const parent = path.filter((step) => typeof step === 'string');
  const struct = wanted === 'string' && isMapKey(path) ? parent.slice(0, -1) : parent;
  const written = manifest.plainText(path);
  return {
    severity: 'error',
    field: path.join('.'),
    line: manifest.lineOf(path),
    message: `cannot unmarshal ${said} into Go struct field ${[manifest.kind, ...struct].join('.')} of type ${wanted}`,
    fix:
      wanted === 'string' && written !== undefined
        ? `quote it: ${path.at(-1)}: "${written}"`
        : `make it a value of type ${wanted}`,
  };
}

/** Go names the field that holds a map, not the key in it. */
function isMapKey(path: Path): boolean {
  return ['parameters', 'volumeAttributes'].includes(String(path.at(-2)));
}
