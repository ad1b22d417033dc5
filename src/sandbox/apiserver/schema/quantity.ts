/** Kubernetes' `resource.Quantity`, held in units of 10⁻⁹ as Kubernetes rounds to (nano). */
const NANO = 1_000_000_000n;

const binarySuffixes = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'] as const;
const decimalSuffixes = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'] as const;

const pattern = /^([+-]?)(\d+\.?\d*|\.\d+)(Ki|Mi|Gi|Ti|Pi|Ei|[numkMGTPE]|[eE][+-]?\d+|)$/;

export const quantityMessage =
  "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

export interface Quantity {
  readonly nano: bigint;
  readonly form: 'binary' | 'decimal' | 'exponent';
}

/** Undefined where the text is no quantity. Finer parts than 10⁻⁹ are rounded up, away from zero. */
export function parseQuantity(text: string): Quantity | undefined {
  const match = pattern.exec(text);
  const [, sign, digits, suffix] = match ?? [];
  if (digits === undefined || suffix === undefined) return undefined;
  const [whole = '', fraction = ''] = digits.split('.');
  const mantissa = BigInt(`${whole}${fraction}` || '0');
  const { base, exponent, form } = suffixValue(suffix);
  const decimals = 9 - fraction.length + (base === 10 ? exponent : 0);
  // Beyond any quantity in use, and so large a power would only burn time.
  if (Math.abs(decimals) > 1000) return undefined;
  const scaled = base === 2 ? mantissa * 2n ** BigInt(exponent) : mantissa;
  const nano = decimals >= 0 ? scaled * 10n ** BigInt(decimals) : divideUp(scaled, 10n ** BigInt(-decimals));
  return { nano: sign === '-' ? -nano : nano, form };
}

function suffixValue(suffix: string): { base: 2 | 10; exponent: number; form: Quantity['form'] } {
  if (/^[eE]./.test(suffix)) return { base: 10, exponent: Number(suffix.slice(1)), form: 'exponent' };
  const binary = binarySuffixes.indexOf(suffix as (typeof binarySuffixes)[number]);
  if (binary > 0) return { base: 2, exponent: 10 * binary, form: 'binary' };
  const decimal = decimalSuffixes.indexOf(suffix as (typeof decimalSuffixes)[number]);
  return { base: 10, exponent: 3 * (decimal - 3), form: 'decimal' };
}

function divideUp(value: bigint, by: bigint): bigint {
  return (value + by - 1n) / by;
}

/** The form Kubernetes stores: no fraction, the largest suffix that keeps the value. */
export function formatQuantity({ nano, form }: Quantity): string {
  const sign = nano < 0n ? '-' : '';
  const size = nano < 0n ? -nano : nano;
  if (size === 0n) return '0';
  // Kubernetes gives up binary suffixes below 1024 and for fractions.
  if (form === 'binary' && size % NANO === 0n && size / NANO >= 1024n) {
    return sign + withSuffix(size / NANO, 1024n, binarySuffixes);
  }
  if (form !== 'exponent') return sign + withSuffix(size, 1000n, decimalSuffixes);
  const [digits, power] = stripThousands(size, 1000n, Number.POSITIVE_INFINITY);
  return `${sign}${digits}${power === 3 ? '' : `e${3 * (power - 3)}`}`;
}

function withSuffix(value: bigint, base: bigint, suffixes: readonly string[]): string {
  const [digits, power] = stripThousands(value, base, suffixes.length - 1);
  return `${digits}${suffixes[power]}`;
}

function stripThousands(value: bigint, base: bigint, most: number): [bigint, number] {
  let [digits, power] = [value, 0];
  while (digits % base === 0n && power < most) [digits, power] = [digits / base, power + 1];
  return [digits, power];
}

export function canonicalQuantity(text: string): string | undefined {
  const quantity = parseQuantity(text);
  return quantity === undefined ? undefined : formatQuantity(quantity);
}

/** The value of a stored quantity; what is absent or broken counts as nothing. */
export function nanoOf(text: unknown): bigint {
  return typeof text === 'string' ? (parseQuantity(text)?.nano ?? 0n) : 0n;
}
