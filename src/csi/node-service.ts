import { createAroundCall, type ServicePorts } from './around-call.ts';
import type { Call } from './call.ts';
import type { MountPlan, PublishRequest, VolumeMounter } from './driver.ts';
import { CsiError, retryableCodes } from './errors.ts';
import { NodeServiceCapability_RPC_Type as Capability, type NodeServiceCapability } from './gen/csi.ts';
import { nodeLocks } from './lock-keys.ts';
import type { Mounts } from './mounts.ts';
import { noProgress } from './progress.ts';
import { publishVolumeChecks, toPublishRequest, unpublishVolumeChecks } from './requests/publish-volume.ts';
import { toVolumeStatsResponse, volumeStatsChecks } from './requests/volume-stats.ts';
import type { NodeService } from './service.ts';
import { createSingleWriter } from './single-writer.ts';
import { toCsiError } from './to-status.ts';

export interface NodeOptions extends ServicePorts {
  readonly mounter: VolumeMounter;
  readonly mounts: Mounts;
  /** How the orchestrator knows this node, at most 256 bytes. */
  readonly nodeId: string;
}

const capabilities: readonly NodeServiceCapability[] = [
  Capability.GET_VOLUME_STATS,
  Capability.VOLUME_CONDITION,
  Capability.SINGLE_NODE_MULTI_WRITER,
].map((type) => ({ type: { $case: 'rpc', rpc: { type } } }));

/** The Node service of one driver. What is mounted, the kernel knows; see `SingleWriter` for the one thing it does not. */
export function createNodeService(options: NodeOptions): NodeService {
  const { mounter, mounts, nodeId } = options;
  const aroundCall = createAroundCall('Node', options, noProgress);
  const singleWriter = createSingleWriter(mounts);

  async function publish(request: PublishRequest, call: Call): Promise<void> {
    const plan = await planOrRetry(mounter, mounts, request, call);
    if (request.capability.mode === 'SINGLE_NODE_SINGLE_WRITER') {
      await singleWriter.refuseSecondTarget(request.volumeId, request.targetPath, call);
    }
    singleWriter.published(request.volumeId, await mounts.publish(mounter, plan, request, call));
  }

  return {
    nodePublishVolume: aroundCall({
      name: 'NodePublishVolume',
      checks: publishVolumeChecks,
      lockKeys: nodeLocks.nodePublishVolume,
      handle: async (request, call) => {
        await publish(toPublishRequest(request), call);
        return {};
      },
    }),
    nodeUnpublishVolume: aroundCall({
      name: 'NodeUnpublishVolume',
      checks: unpublishVolumeChecks,
      lockKeys: nodeLocks.nodeUnpublishVolume,
      handle: async ({ targetPath }, call) => {
        await mounts.unpublish(targetPath, call);
        singleWriter.unpublished(targetPath);
        return {};
      },
    }),
    nodeGetVolumeStats: aroundCall({
      name: 'NodeGetVolumeStats',
      checks: volumeStatsChecks,
      lockKeys: nodeLocks.nodeGetVolumeStats,
      handle: async ({ volumePath }, call) => toVolumeStatsResponse(await mounts.health(volumePath, call)),
    }),
    nodeGetCapabilities: aroundCall({
      name: 'NodeGetCapabilities',
      checks: [],
      lockKeys: nodeLocks.nodeGetCapabilities,
      handle: () => ({ capabilities: [...capabilities] }),
    }),
    nodeGetInfo: aroundCall({
      name: 'NodeGetInfo',
      checks: [],
      lockKeys: nodeLocks.nodeGetInfo,
      handle: () => ({ nodeId, maxVolumesPerNode: 0n, accessibleTopology: undefined }),
    }),
  };
}

/**
 * After a final code kubelet forgets the mount and never unpublishes it. So a refusal is final only where nothing
 * stands at the target, which an earlier call or an earlier version of the plugin may have mounted.
 */
async function planOrRetry(
  mounter: VolumeMounter,
  mounts: Mounts,
  request: PublishRequest,
  call: Call,
): Promise<MountPlan> {
  try {
    return mounter.plan(request);
  } catch (thrown) {
    const error = toCsiError(thrown, 'NodePublishVolume', call.signal);
    if (retryableCodes.has(error.code)) throw error;
    const [standing, here] = [await mounts.standing(call), mounts.canonical(request.targetPath)];
    if (!standing.some(({ target }) => target === here)) throw error;
    throw new CsiError(
      'aborted',
      `${error.message}; what an earlier call mounted at ${request.targetPath} stays until it is unpublished`,
      { cause: error },
    );
  }
}
