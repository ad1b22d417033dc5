import type { CapacityRange } from '../gen/csi.ts';

/** CSI: capacities are never negative, and what is required is not above the limit; 0 means no bound. */
export function checkCapacityRange(rpc: string, range: CapacityRange | undefined): string | undefined {
  const { requiredBytes = 0n, limitBytes = 0n } = range ?? {};
  if (requiredBytes < 0n) return `${rpc} required capacity ${requiredBytes} is negative`;
  if (limitBytes < 0n) return `${rpc} capacity limit ${limitBytes} is negative`;
  if (limitBytes > 0n && requiredBytes > limitBytes) {
    return `${rpc} required capacity ${requiredBytes} is greater than capacity limit ${limitBytes}`;
  }
  return undefined;
}
