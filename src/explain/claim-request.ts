import type { AccessMode, CreateRequest, VolumeCapability } from '../csi/driver.ts';
import { parseQuantity } from '../units/quantity.ts';
import type { Manifest } from './manifest.ts';
import { quantityAt, recordAt, textAt, textMapAt, textsAt } from './object-fields.ts';

/** external-provisioner's translation. */
const accessModes: Readonly<Record<string, AccessMode>> = {
  ReadWriteMany: 'MULTI_NODE_MULTI_WRITER',
  ReadOnlyMany: 'MULTI_NODE_READER_ONLY',
  ReadWriteOnce: 'SINGLE_NODE_MULTI_WRITER',
  ReadWriteOncePod: 'SINGLE_NODE_SINGLE_WRITER',
};

export const knownAccessModes: readonly string[] = Object.keys(accessModes);

/** The parts of a claim that a volume depends on; `spec` is that of a claim or of a StatefulSet's template. */
export interface Claim {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string | undefined;
  readonly spec: unknown;
}

/** The CreateVolume request that a provisioner would send for a claim of this class. */
export function createRequestOf(storageClass: Manifest, claim: Claim | undefined): CreateRequest {
  const given = textMapAt(storageClass.value, 'parameters');
  const own = Object.entries(given).filter(([key]) => !key.startsWith('csi.storage.k8s.io/'));
  const secret = ['provisioner-secret-name', 'secret-name']
    .map((key) => given[`csi.storage.k8s.io/${key}`])
    .find((name) => name !== undefined);
  const source = recordAt(claim?.spec, 'dataSource');
  const volumeName = `pvc-${claim?.uid ?? 'UID'}`;
  return {
    name: volumeName,
    requiredBytes: parseQuantity(quantityAt(claim?.spec, 'resources', 'requests', 'storage') ?? '') ?? 0n,
    limitBytes: 0n,
    capabilities: capabilitiesOf(storageClass, claim, given['csi.storage.k8s.io/fstype'] ?? ''),
    parameters: {
      ...Object.fromEntries(own),
      ...(own.length === 0
        ? {}
        : {
            'csi.storage.k8s.io/pvc/name': claim?.name ?? 'CLAIM',
            'csi.storage.k8s.io/pvc/namespace': claim?.namespace ?? 'NAMESPACE',
            'csi.storage.k8s.io/pv/name': volumeName,
          }),
    },
    mutableParameters: {},
    secrets: secret === undefined ? {} : { [secret]: '' },
    contentSource:
      source.kind === undefined ? undefined : { type: 'volume', volumeId: textAt(source, 'name') ?? '' },
    // The node is chosen later, so what it will say is open.
    accessibility:
      textAt(storageClass.value, 'volumeBindingMode') === 'WaitForFirstConsumer'
        ? { requisite: [], preferred: [] }
        : undefined,
  };
}

function capabilitiesOf(
  storageClass: Manifest,
  claim: Claim | undefined,
  fsType: string,
): readonly VolumeCapability[] {
  const mountFlags = textsAt(storageClass.value, 'mountOptions');
  const block = textAt(claim?.spec, 'volumeMode') === 'Block';
  return capabilitiesFor(textsAt(claim?.spec, 'accessModes'), block, { fsType, mountFlags });
}

/** One capability per access mode; `ReadWriteMany` where none is known. */
export function capabilitiesFor(
  modes: readonly string[],
  block: boolean,
  mount: { readonly fsType: string; readonly mountFlags: readonly string[] },
): readonly VolumeCapability[] {
  const known = modes.flatMap((mode) => accessModes[mode] ?? []);
  const wanted: readonly AccessMode[] = known.length === 0 ? ['MULTI_NODE_MULTI_WRITER'] : known;
  const access = block ? ({ type: 'block' } as const) : ({ type: 'mount', ...mount } as const);
  return wanted.map((mode) => ({ access, mode }));
}
