import {
  type CreateVolumeRequest,
  VolumeCapability_AccessMode_Mode as Mode,
  type NodePublishVolumeRequest,
  type ValidateVolumeCapabilitiesRequest,
  type VolumeCapability,
} from '../gen/csi.ts';
import type { CallOptions } from '../service.ts';

/** Options of a caller that waits to the end. */
export function patient(options: Partial<CallOptions> = {}): CallOptions {
  return { signal: new AbortController().signal, deadline: undefined, ...options };
}

export function mountCapability(mode: Mode = Mode.MULTI_NODE_MULTI_WRITER): VolumeCapability {
  return {
    accessType: { $case: 'mount', mount: { fsType: '', mountFlags: [], volumeMountGroup: '' } },
    accessMode: { mode },
  };
}

export const blockCapability: VolumeCapability = {
  accessType: { $case: 'block', block: {} },
  accessMode: { mode: Mode.SINGLE_NODE_WRITER },
};

export function createVolumeRequest(changes: Partial<CreateVolumeRequest> = {}): CreateVolumeRequest {
  return {
    name: 'pvc-3f6c1b2e-0d55-4c1e-9f39-1b6a7c1f2d10',
    capacityRange: undefined,
    volumeCapabilities: [mountCapability()],
    parameters: {},
    secrets: {},
    volumeContentSource: undefined,
    accessibilityRequirements: undefined,
    mutableParameters: {},
    ...changes,
  };
}

export function validateRequest(
  changes: Partial<ValidateVolumeCapabilitiesRequest> & { readonly volumeId: string },
): ValidateVolumeCapabilitiesRequest {
  return {
    volumeContext: {},
    volumeCapabilities: [mountCapability()],
    parameters: {},
    secrets: {},
    mutableParameters: {},
    ...changes,
  };
}

export function publishRequest(changes: Partial<NodePublishVolumeRequest> = {}): NodePublishVolumeRequest {
  return {
    volumeId: 'volume-1',
    publishContext: {},
    stagingTargetPath: '',
    targetPath: '/var/lib/kubelet/pods/1/volumes/kubernetes.io~csi/pv-1/mount',
    volumeCapability: mountCapability(),
    readonly: false,
    secrets: {},
    volumeContext: {},
    ...changes,
  };
}
