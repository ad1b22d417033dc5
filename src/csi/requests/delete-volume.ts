import type { DeleteVolumeRequest } from '../gen/csi.ts';
import type { Check } from './check.ts';

/** The id's form is not checked: an id that no driver of ours made denotes no volume, so deleting it is success. */
export const deleteVolumeChecks: readonly Check<DeleteVolumeRequest>[] = [
  ({ volumeId }) => (volumeId === '' ? 'Volume ID missing in request' : undefined),
];
