import { formatBytes, tebibyte } from '../../units/bytes.ts';
import type { Refusal } from '../refusal.ts';

/** What a claim gets that asks for no size. */
const defaultCapacityBytes: bigint = 4n * tebibyte;

const largestInt64 = 2n ** 63n - 1n;

/** ARM's sizes are floating-point TiB; a power of two scales them without loss. */
export function bytesOfTiB(tib: number): bigint {
  return BigInt(Math.round(tib * 2 ** 40));
}

/** To the millionth, which hides what rounding to bytes has added. */
export function tibOfBytes(bytes: bigint): number {
  return Math.round((Number(bytes) / 2 ** 40) * 1e6) / 1e6;
}

export interface CapacityRange {
  /** 0n: not asked for. */
  readonly requiredBytes: bigint;
  /** 0n: no limit. */
  readonly limitBytes: bigint;
}

/** Rounds what is asked for up to the SKU's step, then holds it against the SKU's maximum and the caller's limit. */
export function planCapacity(
  range: CapacityRange,
  sku: { readonly incrementTiB: number; readonly maximumTiB: number },
): { readonly bytes: bigint; readonly refusal?: Refusal } {
  const wanted = range.requiredBytes > 0n ? range.requiredBytes : defaultCapacityBytes;
  const step = bytesOfTiB(sku.incrementTiB);
  const maximum = bytesOfTiB(sku.maximumTiB);
  const bytes = ((wanted + step - 1n) / step) * step;
  const refuse = (message: string, fix: string) => ({
    bytes,
    refusal: { code: 'out-of-range', field: 'resources.requests.storage', message, fix } as const,
  });
  if (bytes > largestInt64)
    return refuse(
      `Requested capacity ${wanted} cannot be rounded up to next block of size ${step}, value overflow`,
      `ask for at most ${formatBytes(maximum)}`,
    );
  if (bytes > maximum)
    return refuse(
      `Requested capacity ${bytes} exceeds maximum capacity ${maximum} for SKU in this location`,
      `ask for at most ${formatBytes(maximum)}, or take a SKU with a larger maximum`,
    );
  if (range.limitBytes > 0n && bytes > range.limitBytes)
    return refuse(
      `CreateVolume required capacity ${bytes} is greater than capacity limit ${range.limitBytes}`,
      `sizes come in steps of ${formatBytes(step)}: allow ${formatBytes(bytes)}`,
    );
  return { bytes };
}
