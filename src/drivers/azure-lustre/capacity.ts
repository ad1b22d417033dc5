import type { AmlFilesystemSku } from '../../cloud/azure/aml-filesystem.ts';
import { formatBytes, tebibyte } from '../../units/bytes.ts';
import type { Refusal } from '../refusal.ts';
import type { ClassSettings } from './parameters/class-settings.ts';
import { exceedsRounding, parseRoundingLimit, type RoundingLimit } from './parameters/rounding-limit.ts';
import { maximumOf } from './sku-limits.ts';

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

export interface SizeLimits {
  readonly incrementTiB: number;
  readonly maximumTiB: number;
  readonly maxRounding?: RoundingLimit | undefined;
}

/** What a SKU and the settings of a class allow; undefined where the SKU has no cluster that large in its location. */
export function sizeLimits(
  sku: AmlFilesystemSku,
  { largeCluster, maxRounding }: Pick<ClassSettings, 'largeCluster' | 'maxRounding'>,
): SizeLimits | undefined {
  const maximumTiB = maximumOf(sku, largeCluster);
  if (maximumTiB === undefined) return undefined;
  return { incrementTiB: sku.incrementTiB, maximumTiB, maxRounding: parseRoundingLimit(maxRounding ?? '') };
}

/** Rounds what is asked for up to the SKU's step, then holds it against the SKU's maximum, the caller's and the class's limit. */
export function planCapacity(
  range: CapacityRange,
  limits: SizeLimits,
  rpc = 'CreateVolume',
): { readonly bytes: bigint; readonly refusal?: Refusal } {
  const wanted = wantedBytes(range);
  const step = bytesOfTiB(limits.incrementTiB);
  const maximum = bytesOfTiB(limits.maximumTiB);
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
      `${rpc} required capacity ${bytes} is greater than capacity limit ${range.limitBytes}`,
      `sizes come in steps of ${formatBytes(step)}: allow ${formatBytes(bytes)}`,
    );
  const excess = limits.maxRounding && exceedsRounding(limits.maxRounding, wanted, bytes);
  if (excess !== undefined)
    return refuse(
      `${formatBytes(wanted)} would become ${formatBytes(bytes)}, and max-rounding allows ${excess}`,
      `ask for ${formatBytes(bytes)}, or for a multiple of ${formatBytes(step)} that you want to pay for`,
    );
  return { bytes };
}

function wantedBytes({ requiredBytes }: CapacityRange): bigint {
  return requiredBytes > 0n ? requiredBytes : defaultCapacityBytes;
}

/** Says that more is made, and billed, than was asked for; undefined where it is not. */
export function describeRounding(
  range: CapacityRange,
  bytes: bigint,
  sku: { readonly name: string; readonly incrementTiB: number },
): string | undefined {
  if (range.requiredBytes === 0n || bytes <= range.requiredBytes) return undefined;
  const step = formatBytes(bytesOfTiB(sku.incrementTiB));
  return `${formatBytes(range.requiredBytes)} becomes ${formatBytes(bytes)}, which is what Azure bills: ${sku.name} comes in steps of ${step}`;
}
