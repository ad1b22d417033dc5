import { stringify } from 'yaml';

/** A manifest with one thing wrong in it, and what has to be said about that: the value, and what is allowed. */
export interface BadManifest {
  /** Of the class, the claim and, where there are, the volume and the pod. */
  readonly name: string;
  readonly objects: readonly object[];
  /** Whose event tells it. */
  readonly toldBy: 'PersistentVolumeClaim' | 'Pod';
  readonly event: RegExp;
  /** The field that `berth explain` names; undefined where only the cluster or the cloud can know. */
  readonly field: string | undefined;
  /** The cause may go away by itself (room in a subnet), so it is tried again, later and later. */
  readonly mayPass?: boolean;
}

const goodParameters = {
  'sku-name': 'AMLFS-Durable-Premium-125',
  zone: '1',
  'maintenance-day-of-week': 'Sunday',
  'maintenance-time-of-day-utc': '22:00',
  location: 'eastus',
  'resource-group-name': 'my-resource-group',
  'vnet-name': 'my-vnet',
  'subnet-name': 'my-subnet',
};

const directoryParameters = {
  'provisioning-mode': 'directory',
  'mgs-ip-address': 'MGS',
  'base-dir': '/claims',
};

const storageAccount =
  '/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/a/blobServices/default/containers';
const container = {
  'hsm-container': `${storageAccount}/data`,
  'hsm-logging-container': `${storageAccount}/log`,
};
const key = {
  'encryption-key-url': 'https://v.vault.azure.net/keys/k/1',
  'encryption-key-vault': '/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/v',
};
const identity =
  '/subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/i';

const storageClass = (name: string, parameters: object) => ({
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name },
  provisioner: 'azurelustre.csi.azure.com',
  parameters,
});

const claim = (name: string, spec: object = {}) => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name },
  spec: {
    accessModes: ['ReadWriteMany'],
    storageClassName: name,
    resources: { requests: { storage: '48Ti' } },
    ...spec,
  },
});

const pod = (name: string, claimName: string) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  spec: {
    containers: [
      {
        name: 'c',
        image: 'busybox',
        command: ['sleep', '100'],
        volumeMounts: [{ name: 'v', mountPath: '/mnt' }],
      },
    ],
    volumes: [{ name: 'v', persistentVolumeClaim: { claimName } }],
  },
});

/** A class with one parameter changed, or left out where its value is undefined. */
const wrongClass = (
  name: string,
  parameters: Readonly<Record<string, string | undefined>>,
  event: RegExp,
  field: string | undefined,
  mayPass = false,
): BadManifest => ({
  name,
  objects: [storageClass(name, { ...goodParameters, ...parameters }), claim(name)],
  toldBy: 'PersistentVolumeClaim',
  event,
  field,
  mayPass,
});

/** A class with a directory per claim, one of its parameters changed. */
const wrongDirectory = (
  name: string,
  parameters: Readonly<Record<string, string | undefined>>,
  event: RegExp,
  field: string,
): BadManifest => ({
  name,
  objects: [storageClass(name, { ...directoryParameters, ...parameters }), claim(name)],
  toldBy: 'PersistentVolumeClaim',
  event,
  field,
});

const wrongClaim = (name: string, spec: object, event: RegExp, field: string): BadManifest => ({
  name,
  objects: [storageClass(name, goodParameters), claim(name, spec)],
  toldBy: 'PersistentVolumeClaim',
  event,
  field,
});

const wrongVolume = (
  name: string,
  {
    mountOptions,
    ...volumeAttributes
  }: { readonly mountOptions?: readonly string[]; readonly [key: string]: unknown },
  event: RegExp,
  field: string | undefined,
): BadManifest => ({
  name,
  objects: [
    {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name },
      spec: {
        capacity: { storage: '48Ti' },
        accessModes: ['ReadWriteMany'],
        persistentVolumeReclaimPolicy: 'Retain',
        ...(mountOptions && { mountOptions }),
        csi: { driver: 'azurelustre.csi.azure.com', volumeHandle: name, volumeAttributes },
      },
    },
    claim(name, { storageClassName: '', volumeName: name }),
    pod(name, name),
  ],
  toldBy: 'Pod',
  event,
  field,
  mayPass: true,
});

const days = /must be one of: \[Sunday, Monday, .*Saturday\]: 'Funday'/;

export const badManifests: readonly BadManifest[] = [
  wrongClass(
    'sku',
    { 'sku-name': 'AMLFS-Durable-Premium-126' },
    /sku-name must be one of: \[AMLFS.*AMLFS-Durable-Premium-126/,
    'parameters.sku-name',
  ),
  wrongClass('no-sku', { 'sku-name': undefined }, /sku-name must be provided/, 'parameters.sku-name'),
  wrongClass('zone', { zone: '7' }, /zone 7 must be one of: \[1, 2, 3\]/, 'parameters.zone'),
  wrongClass(
    'no-zone',
    { zone: undefined },
    /zone must be provided .* available zones: \[1, 2, 3\]/,
    'parameters.zone',
  ),
  wrongClass('two-zones', { zone: '1,2' }, /zone 1,2 must be one of: \[1, 2, 3\]/, 'parameters.zone'),
  wrongClass('day', { 'maintenance-day-of-week': 'Funday' }, days, 'parameters.maintenance-day-of-week'),
  wrongClass(
    'time',
    { 'maintenance-time-of-day-utc': '25:00' },
    /HH:MM, was: '25:00'/,
    'parameters.maintenance-time-of-day-utc',
  ),
  wrongClass(
    'no-time',
    { 'maintenance-time-of-day-utc': undefined },
    /maintenance-time-of-day-utc must be provided/,
    'parameters.maintenance-time-of-day-utc',
  ),
  wrongClass(
    'unknown',
    { colour: 'blue' },
    /Invalid parameter\(s\) \{colour = blue\}.*allowed are sku-name/,
    'parameters.colour',
  ),
  wrongClass('typo', { subnetname: 'my-subnet' }, /did you mean subnet-name/, 'parameters.subnetname'),
  wrongClass(
    'two-names',
    { 'resource-group': 'other' },
    /one parameter with two values, 'my-resource-group' and 'other'/,
    'parameters.resource-group',
  ),
  wrongClass(
    'sub-dir',
    { 'sub-dir': '../../etc' },
    /sub-dir must be strict subpath: '..\/..\/etc'/,
    'parameters.sub-dir',
  ),
  wrongClass(
    'token',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a token of the driver
    { 'sub-dir': 'a/${nope}' },
    /unknown tokens: \$\{nope\}: known are \$\{pod\.metadata\.name\}/,
    'parameters.sub-dir',
  ),
  wrongClass(
    'tags',
    { tags: 'a=b,=c' },
    /tags 'a=b,=c' are invalid, the format should be/,
    'parameters.tags',
  ),
  wrongClass('location', { location: 'mars' }, /no AMLFS SKUs for location mars/, undefined),
  wrongClass(
    'mgs',
    { 'mgs-ip-address': '300.1.1.1' },
    /must be an IPv4 address, was: '300\.1\.1\.1'/,
    'parameters.mgs-ip-address',
  ),
  wrongClass('subnet', { 'subnet-name': 'nope' }, /subnet nope not found in vnet my-vnet/, undefined, true),
  wrongClass('network', { 'vnet-name': 'nope' }, /virtualNetworks\/nope.*was not found/, undefined, true),
  wrongClass(
    'group',
    { 'resource-group-name': 'nope' },
    /Resource group 'nope' could not be found/,
    undefined,
    true,
  ),
  wrongClass(
    'room',
    { 'subnet-name': 'my-small-subnet' },
    /my-small-subnet, not enough IP addresses available: 20 needed, 11 available/,
    undefined,
    true,
  ),
  wrongClaim(
    'size',
    { resources: { requests: { storage: '5Pi' } } },
    /capacity 5629499534213120 exceeds maximum capacity 140737488355328/,
    'spec.resources.requests.storage',
  ),
  wrongClaim('block', { volumeMode: 'Block' }, /Doesn't support block volume/, 'spec.volumeMode'),
  {
    name: 'rounding',
    objects: [
      storageClass('rounding', { ...goodParameters, 'max-rounding': '1.5' }),
      claim('rounding', { resources: { requests: { storage: '1Gi' } } }),
    ],
    toldBy: 'PersistentVolumeClaim',
    event: /1 GiB would become 16 TiB, and max-rounding allows at most 1\.5 times .*: ask for 16 TiB/,
    field: 'spec.resources.requests.storage',
  },
  wrongClass(
    'max-rounding',
    { 'max-rounding': 'lots' },
    /max-rounding must be a factor of at least 1 or a quantity, was: 'lots': e\.g\. "2"/,
    'parameters.max-rounding',
  ),
  wrongClass(
    'large-cluster',
    { 'large-cluster': 'yes' },
    /large-cluster must be one of: \[false, true, xl\], was: 'yes'/,
    'parameters.large-cluster',
  ),
  wrongClass(
    'hsm-log',
    { 'hsm-container': container['hsm-container'] },
    /hsm-logging-container must be provided together with hsm-container/,
    'parameters.hsm-logging-container',
  ),
  wrongClass(
    'hsm-prefix',
    { ...container, 'hsm-import-prefixes': 'data' },
    /hsm-import-prefixes must be paths that start with '\/'.*was: 'data': e\.g\./,
    'parameters.hsm-import-prefixes',
  ),
  wrongClass(
    'export',
    { ...container, 'auto-export-prefixes': '/a,/b' },
    /auto-export-prefixes must have at most 1 path\(s\), was: '\/a,\/b': name a directory above/,
    'parameters.auto-export-prefixes',
  ),
  wrongClass(
    'squash-mode',
    { 'root-squash-mode': 'Everyone' },
    /root-squash-mode must be one of: \[None, RootOnly, All\], was: 'Everyone'/,
    'parameters.root-squash-mode',
  ),
  wrongClass(
    'squash-nids',
    { 'root-squash-mode': 'All', 'root-squash-nosquash-nids': '10.0.2.4' },
    /root-squash-nosquash-nids must be NIDs separated by semicolons, was: '10\.0\.2\.4': e\.g\./,
    'parameters.root-squash-nosquash-nids',
  ),
  wrongClass(
    'key',
    key,
    /identities must be provided together with encryption-key-url/,
    'parameters.identities',
  ),
  wrongClass(
    'key-url',
    { ...key, 'encryption-key-url': 'http://v/keys/k', identities: identity },
    /encryption-key-url must be the identifier of a key with its version, was: 'http:\/\/v\/keys\/k': e\.g\./,
    'parameters.encryption-key-url',
  ),
  wrongDirectory(
    'dir-base',
    { 'base-dir': '../x' },
    /base-dir '\.\.\/x' cannot be used: it leads out of the file system: e\.g\./,
    'parameters.base-dir',
  ),
  wrongDirectory(
    'dir-path',
    { 'sub-dir': '../x' },
    /sub-dir cannot be used: sub-dir must be strict subpath: '\.\.\/x'/,
    'parameters.sub-dir',
  ),
  wrongDirectory(
    'dir-mode',
    { 'directory-mode': '0999' },
    /directory-mode must be an octal mode of three or four digits, was: '0999': e\.g\. "0770"/,
    'parameters.directory-mode',
  ),
  wrongDirectory('dir-uid', { uid: '-1' }, /uid must be a number from 0 to .*, was: '-1'/, 'parameters.uid'),
  wrongDirectory(
    'dir-delete',
    { 'on-delete': 'purge' },
    /on-delete must be one of: \[delete, archive, retain\], was: 'purge'/,
    'parameters.on-delete',
  ),
  wrongDirectory(
    'dir-key',
    { 'on-deletes': 'delete' },
    /did you mean on-delete instead of on-deletes/,
    'parameters.on-deletes',
  ),
  wrongDirectory(
    'dir-none',
    { 'mgs-ip-address': undefined },
    /file-system or mgs-ip-address must be provided/,
    'parameters.file-system',
  ),
  wrongDirectory(
    'dir-typo',
    { 'provisioning-mode': 'directories' },
    /provisioning-mode must be directory, was: 'directories'/,
    'parameters.provisioning-mode',
  ),
  wrongVolume(
    'pv-no-mgs',
    { 'fs-name': 'lustrefs' },
    /mgs-ip-address must be provided/,
    'spec.csi.volumeAttributes.mgs-ip-address',
  ),
  wrongVolume(
    'pv-wrong-mgs',
    { 'mgs-ip-address': '127.88.0.99' },
    /"127\.88\.0\.99" is not reachable.*network security group/,
    undefined,
  ),
  wrongVolume(
    'pv-option',
    { 'mgs-ip-address': 'MGS', mountOptions: ['nonsense=1'] },
    /refuses one of the options nonsense=/,
    undefined,
  ),
  {
    name: 'no-class',
    objects: [claim('no-class')],
    toldBy: 'PersistentVolumeClaim',
    event: /storageclass\.storage\.k8s\.io "no-class" not found/,
    field: undefined,
    mayPass: true,
  },
  {
    name: 'no-claim',
    objects: [pod('no-claim', 'absent')],
    toldBy: 'Pod',
    event: /persistentvolumeclaim "absent" not found/,
    field: undefined,
    mayPass: true,
  },
];

/** All of them as one file; `MGS` stands for the address of the file system that is there. */
export function manifestText(manifests: readonly BadManifest[], mgsAddress: string): string {
  const text = manifests.flatMap(({ objects }) => objects.map((object) => stringify(object))).join('---\n');
  return text.replaceAll('"MGS"', mgsAddress).replaceAll(': MGS', `: ${mgsAddress}`);
}
