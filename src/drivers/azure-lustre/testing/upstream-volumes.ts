/** A PersistentVolume's `csi` part as a release of upstream, or a person after its documentation, has written it. */
export interface UpstreamVolumeSource {
  /** Which form it is, for test names; also usable in object names. */
  readonly form: string;
  readonly volumeHandle: string;
  readonly volumeAttributes: Readonly<Record<string, string>>;
  /** Whether deleting it takes a file system away. */
  readonly ownsFileSystem: boolean;
}

/** What the provisioner adds with --extra-create-metadata, echoed into the attributes. */
const metadata = (claim: string) => ({
  'csi.storage.k8s.io/pvc/name': claim,
  'csi.storage.k8s.io/pvc/namespace': 'default',
  'csi.storage.k8s.io/pv/name': `pvc-${claim}`,
  'storage.kubernetes.io/csiProvisionerIdentity': '1747212345678-8081-azurelustre.csi.azure.com',
});

/** Every form that v0.1 to v0.6 are known to have made; those with `t` are of the file system `dynamicName`. */
export function upstreamVolumes(
  mgsAddress: string,
  dynamic: { readonly name: string; readonly resourceGroup: string; readonly mgsAddress: string },
): readonly UpstreamVolumeSource[] {
  const base = { 'mgs-ip-address': mgsAddress, 'fs-name': 'lustrefs' };
  const shared = (form: string, handle: string, more: Readonly<Record<string, string>> = {}) => ({
    form,
    volumeHandle: handle,
    volumeAttributes: { ...base, ...more },
    ownsFileSystem: false,
  });
  const claim = (number: number) => `pvc-00000000-0000-4000-8000-00000000000${number}`;
  return [
    shared('hand-written', 'my-unique-volume-id'),
    shared('hand-written-upper-case', 'another-unique-id', { 'Sub-Dir': '/projects/' }),
    shared('three-fields', `${claim(1)}#lustrefs#${mgsAddress}`, metadata('three')),
    shared('four-fields', `${claim(2)}#lustrefs#${mgsAddress}#/a/b/`, {
      'sub-dir': '/a/b/',
      'retain-sub-dir': 'false',
    }),
    shared('five-fields', `${claim(3)}#lustrefs#${mgsAddress}#five#f`, {
      'sub-dir': 'five',
      'created-by-dynamic-provisioning': 'f',
    }),
    shared('six-fields', `${claim(4)}#lustrefs#${mgsAddress}##f#`, {
      ...metadata('six'),
      'created-by-dynamic-provisioning': 'f',
    }),
    {
      form: 'dynamic',
      volumeHandle: `${dynamic.name}#lustrefs#${dynamic.mgsAddress}##t#${dynamic.resourceGroup}`,
      volumeAttributes: {
        ...metadata('dynamic'),
        'sku-name': 'AMLFS-Durable-Premium-125',
        zone: '1',
        'maintenance-day-of-week': 'Sunday',
        'maintenance-time-of-day-utc': '22:00',
        'mgs-ip-address': dynamic.mgsAddress,
        'fs-name': 'lustrefs',
        'resource-group-name': dynamic.resourceGroup,
        'created-by-dynamic-provisioning': 't',
      },
      ownsFileSystem: true,
    },
  ];
}

/** The tags that upstream gives a file system that it makes for a claim. */
export function upstreamTags(pvName: string, claim: string): Record<string, string> {
  return {
    'k8s-azure-created-by': 'kubernetes-azurelustre-csi-driver',
    'kubernetes.io-created-for-pvc-name': claim,
    'kubernetes.io-created-for-pvc-namespace': 'default',
    'kubernetes.io-created-for-pv-name': pvName,
  };
}
