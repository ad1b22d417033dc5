import { formatBytes } from '../../../units/bytes.ts';
import { parseQuantity } from '../../../units/quantity.ts';

/** How far a size may be rounded up: `max-rounding` of a class. */
export type RoundingLimit =
  /** At most so many times what was asked for, in millionths. */
  | { readonly type: 'factor'; readonly millionths: bigint }
  /** At most so many bytes more than was asked for. */
  | { readonly type: 'extra'; readonly bytes: bigint };

/**
 * Reads `2` or `1.5` (a factor, at least 1) or `16Ti` (a quantity with a suffix, of what may be added). Undefined for
 * anything else.
 */
export function parseRoundingLimit(text: string): RoundingLimit | undefined {
  if (/^\d{1,9}(\.\d{1,6})?$/.test(text)) {
    const [whole = '', fraction = ''] = text.split('.');
    const millionths = BigInt(whole + fraction.padEnd(6, '0'));
    return millionths < 1_000_000n ? undefined : { type: 'factor', millionths };
  }
  if (!/[A-Za-z]$/.test(text)) return undefined;
  const bytes = parseQuantity(text);
  return bytes === undefined || bytes < 0n ? undefined : { type: 'extra', bytes };
}

/** Why `bytes` is too much for who asked for `wanted`, or undefined when the limit allows it. */
export function exceedsRounding(limit: RoundingLimit, wanted: bigint, bytes: bigint): string | undefined {
  if (limit.type === 'factor') {
    if (bytes * 1_000_000n <= wanted * limit.millionths) return undefined;
    return `at most ${Number(limit.millionths) / 1e6} times what is asked for`;
  }
  return bytes - wanted <= limit.bytes
    ? undefined
    : `at most ${formatBytes(limit.bytes)} more than is asked for`;
}
