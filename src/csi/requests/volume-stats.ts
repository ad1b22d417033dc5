import {
  type NodeGetVolumeStatsRequest,
  type NodeGetVolumeStatsResponse,
  VolumeUsage_Unit,
} from '../gen/csi.ts';
import type { VolumeHealth } from '../mounts.ts';
import type { Check } from './check.ts';

/** The path's form is not checked: nothing is mounted at a strange path, and CSI wants NOT_FOUND for that. */
export const volumeStatsChecks: readonly Check<NodeGetVolumeStatsRequest>[] = [
  ({ volumeId }) => (volumeId === '' ? 'NodeGetVolumeStats volume ID was empty' : undefined),
  ({ volumePath }) => (volumePath === '' ? 'NodeGetVolumeStats volume path was empty' : undefined),
];

export function toVolumeStatsResponse({ stats, condition }: VolumeHealth): NodeGetVolumeStatsResponse {
  return {
    usage: [
      { ...stats.bytes, unit: VolumeUsage_Unit.BYTES },
      { ...stats.inodes, unit: VolumeUsage_Unit.INODES },
    ],
    volumeCondition: { ...condition },
  };
}
