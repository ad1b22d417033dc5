/** Binary multiples of a byte, as Kubernetes' `Gi`, `Ti` mean them. */
export const gibibyte: bigint = 2n ** 30n;
export const tebibyte: bigint = 2n ** 40n;

const unitNames = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'] as const;

/** `48 TiB`, `1.5 GiB`; a size that no unit shows in two decimals is given to the byte. */
export function formatBytes(bytes: bigint): string {
  for (let power = unitNames.length - 1; power > 0; power--) {
    const unit = 2n ** BigInt(10 * power);
    if (bytes < unit || (bytes * 100n) % unit !== 0n) continue;
    return `${Number((bytes * 100n) / unit) / 100} ${unitNames[power]}`;
  }
  return `${bytes} bytes`;
}
