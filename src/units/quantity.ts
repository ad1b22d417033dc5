/** Kubernetes keeps quantities in an int64 and caps what is larger. */
const MAX = 2n ** 63n - 1n;

const binaryPowers: Readonly<Record<string, bigint>> = {
  Ki: 10n,
  Mi: 20n,
  Gi: 30n,
  Ti: 40n,
  Pi: 50n,
  Ei: 60n,
};

const decimalPowers: Readonly<Record<string, number>> = {
  n: -9,
  u: -6,
  m: -3,
  '': 0,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
};

const form =
  /^(?<sign>[+-]?)(?<whole>\d*)(?:\.(?<fraction>\d*))?(?:[eE](?<exponent>[+-]?\d+)|(?<suffix>[KMGTPE]i|[numkMGTPE]?))$/;

/** Beyond this many digits a number is either above MAX or below 1, so that `1e999999999` costs nothing. */
const MANY_DIGITS = 1000;

/**
 * Bytes that a Kubernetes quantity (`10Gi`, `1.5T`, `1e12`, `128974848`) stands for. As in Kubernetes, a fraction of a
 * byte is rounded away from zero and a value beyond int64 is capped.
 *
 * @returns undefined for what is no quantity.
 */
export function parseQuantity(text: string): bigint | undefined {
  const groups = form.exec(text)?.groups;
  const whole = groups?.whole ?? '';
  const fraction = groups?.fraction ?? '';
  if (groups === undefined || whole + fraction === '') return undefined;
  const suffix = groups.suffix ?? '';
  const binary = binaryPowers[suffix];
  const power = Number(groups.exponent ?? decimalPowers[suffix] ?? 0) - fraction.length;
  const mantissa = BigInt(whole + fraction) << (binary ?? 0n);
  const bytes = scale(mantissa, power);
  return groups.sign === '-' ? -bytes : bytes;
}

/** `mantissa` × 10^`power`, rounded up and capped. */
function scale(mantissa: bigint, power: number): bigint {
  if (mantissa === 0n) return 0n;
  if (power > MANY_DIGITS) return MAX;
  if (power >= 0) return cap(mantissa * 10n ** BigInt(power));
  if (-power > MANY_DIGITS + mantissa.toString().length) return 1n;
  const divisor = 10n ** BigInt(-power);
  return cap((mantissa + divisor - 1n) / divisor);
}

function cap(bytes: bigint): bigint {
  return bytes > MAX ? MAX : bytes;
}

/** The canonical form with a binary suffix, as Kubernetes writes sizes: `48Ti`, `1536Mi`; to the byte where none divides it. */
export function formatQuantity(bytes: bigint): string {
  if (bytes === 0n) return '0';
  const [suffix, power] = Object.entries(binaryPowers).findLast(([, bits]) => bytes % 2n ** bits === 0n) ?? [
    '',
    0n,
  ];
  return `${bytes / 2n ** power}${suffix}`;
}
