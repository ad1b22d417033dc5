/**
 * String types with a name of their own in Go, where decoding errors show it. Only those that a hand-written manifest
 * is likely to get wrong; every other field says `string`.
 */
const namedTypes: Readonly<Record<string, string>> = {
  'V1PersistentVolumeClaimSpec.accessModes': '[]v1.PersistentVolumeAccessMode',
  'V1PersistentVolumeClaimSpec.volumeMode': 'v1.PersistentVolumeMode',
  'V1PersistentVolumeClaimStatus.phase': 'v1.PersistentVolumeClaimPhase',
  'V1PersistentVolumeSpec.accessModes': '[]v1.PersistentVolumeAccessMode',
  'V1PersistentVolumeSpec.persistentVolumeReclaimPolicy': 'v1.PersistentVolumeReclaimPolicy',
  'V1PersistentVolumeSpec.volumeMode': 'v1.PersistentVolumeMode',
  'V1PersistentVolumeSpec.capacity': 'v1.ResourceList',
  'V1StorageClass.reclaimPolicy': 'v1.PersistentVolumeReclaimPolicy',
  'V1StorageClass.volumeBindingMode': 'v1.VolumeBindingMode',
  'V1PodSpec.restartPolicy': 'v1.RestartPolicy',
  'V1PodSpec.dnsPolicy': 'v1.DNSPolicy',
  'V1Container.imagePullPolicy': 'v1.PullPolicy',
  'V1ResourceQuotaSpec.hard': 'v1.ResourceList',
  'V1ResourceRequirements.limits': 'v1.ResourceList',
  'V1ResourceRequirements.requests': 'v1.ResourceList',
  'V1VolumeResourceRequirements.limits': 'v1.ResourceList',
  'V1VolumeResourceRequirements.requests': 'v1.ResourceList',
  'V1Secret.type': 'v1.SecretType',
  'V1CSIDriverSpec.fsGroupPolicy': 'v1.FSGroupPolicy',
  'V1CSIDriverSpec.volumeLifecycleModes': '[]v1.VolumeLifecycleMode',
};

const goNames: Readonly<Record<string, string>> = {
  bytes: '[]uint8',
  Time: 'v1.Time',
  MicroTime: 'v1.MicroTime',
  IntOrString: 'intstr.IntOrString',
  Quantity: 'resource.Quantity',
  any: 'interface {}',
};

/** `V1PodSpec`, `CoreV1Event` → `PodSpec`, `Event`. */
export function structName(type: string): string {
  return type.replace(/^[A-Za-z]*?V\d+((alpha|beta)\d+)?/, '');
}

/** How Go prints the type of a field, or of its elements: `[]v1.Volume`, `map[string]string`, `int32`. */
export function goTypeOf(owner: string, field: string, type: string): string {
  const named = namedTypes[`${owner}.${field}`];
  if (named === undefined) return goTypeName(type);
  return type.startsWith('[]') ? named : named.replace(/^\[\]/, '');
}

function goTypeName(type: string): string {
  const [, prefix = '', base = type] = /^((?:\[\]|map\[string\])*)(.*)$/.exec(type) ?? [];
  if (/\d/.test(base) && /^[A-Z]/.test(base)) return `${prefix}v1.${structName(base)}`;
  return `${prefix}${goNames[base] ?? base}`;
}
