import {
  type CreateVolumeRequest,
  VolumeCapability_AccessMode_Mode as Mode,
  type VolumeCapability,
} from '../csi/gen/csi.ts';
import type { ClaimAccessMode, PersistentVolumeClaim, StorageClass } from '../kube/objects.ts';
import { parseQuantity } from '../units/quantity.ts';
import { classParameters } from './class-parameters.ts';
import { reservedPrefix, volumeName } from './names.ts';
import { Refusal } from './refusal.ts';
import { type SecretReferences, secretReferences } from './secret-references.ts';

/** All that follows from claim and class alone: the request, except the secrets' content, and what the PV takes over. */
export interface ProvisioningPlan {
  readonly request: CreateVolumeRequest;
  readonly secrets: SecretReferences;
  readonly fsType: string;
}

/**
 * Plans the volume of a claim.
 *
 * @param singleNodeMultiWriter Whether the driver tells one pod's sole use of a volume from one node's.
 * @param noSnapshots Why the driver has neither snapshots nor clones, in its own words.
 * @throws Refusal when claim or class ask for what cannot be.
 */
export function planProvisioning(
  claim: PersistentVolumeClaim,
  storageClass: StorageClass,
  singleNodeMultiWriter: boolean,
  noSnapshots?: string,
): ProvisioningPlan {
  const name = volumeName(claim.metadata.uid ?? '');
  if (claim.spec.selector !== undefined) throw new Refusal('claim Selector is not supported');
  const source = claim.spec.dataSource ?? claim.spec.dataSourceRef;
  if (source !== undefined)
    throw new Refusal(
      `spec.dataSource: the driver ${storageClass.provisioner} cannot make a volume from a ${source.kind}${noSnapshots === undefined ? '' : `: ${noSnapshots}`}`,
    );
  const { forDriver, fsType } = classParameters(storageClass.parameters ?? {});
  return {
    secrets: secretReferences(storageClass.parameters ?? {}, claim, name),
    fsType,
    request: {
      name,
      capacityRange: { requiredBytes: requestedBytes(claim), limitBytes: 0n },
      volumeCapabilities: volumeCapabilities(
        claim.spec,
        fsType,
        storageClass.mountOptions ?? [],
        singleNodeMultiWriter,
      ),
      parameters: {
        ...forDriver,
        [`${reservedPrefix}pvc/name`]: claim.metadata.name ?? '',
        [`${reservedPrefix}pvc/namespace`]: claim.metadata.namespace ?? '',
        [`${reservedPrefix}pv/name`]: name,
      },
      secrets: {},
      volumeContentSource: undefined,
      accessibilityRequirements: undefined,
      mutableParameters: {},
    },
  };
}

/** @throws Refusal for a claim without a size. The API server lets none pass, other servers might. */
export function requestedBytes(claim: PersistentVolumeClaim): bigint {
  const storage = claim.spec.resources?.requests?.storage ?? '';
  const bytes = parseQuantity(storage);
  if (bytes === undefined || bytes < 0n)
    throw new Refusal(`spec.resources.requests.storage: "${storage}" is no size`);
  return bytes;
}

/** One capability for each access mode of a claim or a PersistentVolume. */
export function volumeCapabilities(
  { accessModes = [], volumeMode }: Pick<PersistentVolumeClaim['spec'], 'accessModes' | 'volumeMode'>,
  fsType: string,
  mountFlags: readonly string[],
  singleNodeMultiWriter: boolean,
): VolumeCapability[] {
  if (accessModes.length > 1 && accessModes.includes('ReadWriteOncePod'))
    throw new Refusal('spec.accessModes: ReadWriteOncePod must be the only access mode');
  const modes = singleNodeMultiWriter ? modesWithSingleNodeMultiWriter : plainModes;
  return accessModes.map((accessMode) => ({
    accessMode: { mode: modes[accessMode] },
    accessType:
      volumeMode === 'Block'
        ? { $case: 'block', block: {} }
        : { $case: 'mount', mount: { fsType, mountFlags: [...mountFlags], volumeMountGroup: '' } },
  }));
}

const plainModes: Readonly<Record<ClaimAccessMode, Mode>> = {
  ReadWriteMany: Mode.MULTI_NODE_MULTI_WRITER,
  ReadOnlyMany: Mode.MULTI_NODE_READER_ONLY,
  ReadWriteOnce: Mode.SINGLE_NODE_WRITER,
  ReadWriteOncePod: Mode.SINGLE_NODE_WRITER,
};

const modesWithSingleNodeMultiWriter: Readonly<Record<ClaimAccessMode, Mode>> = {
  ...plainModes,
  ReadWriteOnce: Mode.SINGLE_NODE_MULTI_WRITER,
  ReadWriteOncePod: Mode.SINGLE_NODE_SINGLE_WRITER,
};
