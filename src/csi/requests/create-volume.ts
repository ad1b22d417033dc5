import type { BackendVolume, CreateRequest } from '../driver.ts';
import type { CreateVolumeRequest, CreateVolumeResponse, Topology, VolumeContentSource } from '../gen/csi.ts';
import { checkCapacityRange } from './capacity-range.ts';
import type { Check } from './check.ts';
import { forbiddenCharacter, mapTooLarge, tooLong } from './field-limits.ts';
import { checkCapabilities, toVolumeCapability } from './volume-capability.ts';

export const createVolumeChecks: readonly Check<CreateVolumeRequest>[] = [
  ({ name }) => (name === '' ? 'CreateVolume Name must be provided' : undefined),
  ({ name }) => tooLong('CreateVolume Name', name),
  ({ name }) => forbiddenCharacter('CreateVolume Name', name),
  ({ volumeCapabilities }) =>
    volumeCapabilities.length === 0 ? 'CreateVolume Volume capabilities must be provided' : undefined,
  ({ volumeCapabilities }) => checkCapabilities(volumeCapabilities),
  ({ capacityRange }) => checkCapacityRange('CreateVolume', capacityRange),
  ({ parameters }) => mapTooLarge('CreateVolume Parameters', parameters),
  ({ mutableParameters }) => mapTooLarge('CreateVolume Mutable parameters', mutableParameters),
  ({ volumeContentSource: source }) =>
    source !== undefined && toContentSource(source) === undefined
      ? 'CreateVolume Volume content source must name a snapshot or a volume'
      : undefined,
];

export function toCreateRequest(request: CreateVolumeRequest): CreateRequest {
  const { capacityRange, accessibilityRequirements: accessibility } = request;
  return {
    name: request.name,
    requiredBytes: capacityRange?.requiredBytes ?? 0n,
    limitBytes: capacityRange?.limitBytes ?? 0n,
    capabilities: request.volumeCapabilities.map(toVolumeCapability),
    parameters: request.parameters,
    mutableParameters: request.mutableParameters,
    secrets: request.secrets,
    contentSource: toContentSource(request.volumeContentSource),
    accessibility: accessibility && {
      requisite: accessibility.requisite.map(toSegments),
      preferred: accessibility.preferred.map(toSegments),
    },
  };
}

/** CSI: a volume made from a source is answered with that source. */
export function toCreateResponse(request: CreateVolumeRequest, volume: BackendVolume): CreateVolumeResponse {
  return {
    volume: {
      volumeId: volume.id,
      capacityBytes: volume.capacityBytes,
      volumeContext: { ...volume.context },
      contentSource: request.volumeContentSource,
      accessibleTopology: (volume.topology ?? []).map((segments) => ({ segments: { ...segments } })),
    },
  };
}

const toSegments = ({ segments }: Topology) => segments;

function toContentSource(source: VolumeContentSource | undefined): CreateRequest['contentSource'] {
  const type = source?.type;
  if (type?.$case === 'snapshot') return { type: 'snapshot', snapshotId: type.snapshot.snapshotId };
  if (type?.$case === 'volume') return { type: 'volume', volumeId: type.volume.volumeId };
  return undefined;
}
