import type { PublishRequest } from '../driver.ts';
import type { NodePublishVolumeRequest, NodeUnpublishVolumeRequest } from '../gen/csi.ts';
import type { Check } from './check.ts';
import { unusablePath } from './field-limits.ts';
import { checkCapability, toVolumeCapability } from './volume-capability.ts';

export const publishVolumeChecks: readonly Check<NodePublishVolumeRequest>[] = [
  ({ volumeCapability }) =>
    volumeCapability === undefined
      ? 'Volume capability missing in request'
      : checkCapability(volumeCapability),
  ({ volumeId }) => (volumeId === '' ? 'Volume ID missing in request' : undefined),
  ({ targetPath }) =>
    targetPath === '' ? 'Target path not provided' : unusablePath('Target path', targetPath),
];

export const unpublishVolumeChecks: readonly Check<NodeUnpublishVolumeRequest>[] = [
  ({ volumeId }) => (volumeId === '' ? 'Volume ID missing in request' : undefined),
  ({ targetPath }) =>
    targetPath === '' ? 'Target path missing in request' : unusablePath('Target path', targetPath),
];

export function toPublishRequest(request: NodePublishVolumeRequest): PublishRequest {
  if (request.volumeCapability === undefined) throw new Error('unchecked publish request');
  return {
    volumeId: request.volumeId,
    targetPath: request.targetPath,
    stagingTargetPath: request.stagingTargetPath,
    capability: toVolumeCapability(request.volumeCapability),
    readonly: request.readonly,
    volumeContext: request.volumeContext,
    publishContext: request.publishContext,
    secrets: request.secrets,
  };
}
