import {
  type NodeGetVolumeStatsRequest,
  type NodeGetVolumeStatsResponse,
  VolumeUsage_Unit,
} from '../gen/csi.ts';
import type { VolumeStats } from '../mounts.ts';
import type { Check } from './check.ts';

/** The path's form is not checked: nothing is mounted at a strange path, and CSI wants NOT_FOUND for that. */
export const volumeStatsChecks: readonly Check<NodeGetVolumeStatsRequest>[] = [
  ({ volumeId }) => (volumeId === '' ? 'NodeGetVolumeStats volume ID was empty' : undefined),
  ({ volumePath }) => (volumePath === '' ? 'NodeGetVolumeStats volume path was empty' : undefined),
];

export function toVolumeStatsResponse({ bytes, inodes }: VolumeStats): NodeGetVolumeStatsResponse {
  return {
    usage: [
      { ...bytes, unit: VolumeUsage_Unit.BYTES },
      { ...inodes, unit: VolumeUsage_Unit.INODES },
    ],
    volumeCondition: undefined,
  };
}
