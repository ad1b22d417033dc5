import type { ControllerExpandVolumeRequest } from '../gen/csi.ts';
import { checkCapacityRange } from './capacity-range.ts';
import type { Check } from './check.ts';
import { checkCapability } from './volume-capability.ts';

export const expandVolumeChecks: readonly Check<ControllerExpandVolumeRequest>[] = [
  ({ volumeId }) => (volumeId === '' ? 'Volume ID missing in request' : undefined),
  ({ capacityRange }) => (capacityRange === undefined ? 'Capacity range missing in request' : undefined),
  ({ capacityRange }) => checkCapacityRange('ControllerExpandVolume', capacityRange),
  ({ capacityRange }) =>
    capacityRange?.requiredBytes === 0n && capacityRange.limitBytes === 0n
      ? 'Capacity range must set required_bytes or limit_bytes'
      : undefined,
  ({ volumeCapability }) => volumeCapability && checkCapability(volumeCapability),
];
