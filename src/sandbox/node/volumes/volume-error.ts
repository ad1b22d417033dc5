/** Why a pod's volume is not there yet; becomes the pod's FailedMount event. */
export class VolumeError extends Error {
  override readonly name = 'VolumeError';
}
