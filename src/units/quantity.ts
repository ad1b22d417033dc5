const powers: Readonly<Record<string, bigint>> = {
  '': 1n,
  k: 10n ** 3n,
  M: 10n ** 6n,
  G: 10n ** 9n,
  T: 10n ** 12n,
  P: 10n ** 15n,
  E: 10n ** 18n,
  Ki: 2n ** 10n,
  Mi: 2n ** 20n,
  Gi: 2n ** 30n,
  Ti: 2n ** 40n,
  Pi: 2n ** 50n,
  Ei: 2n ** 60n,
};
const fractions: Readonly<Record<string, bigint>> = { m: 10n ** 3n, u: 10n ** 6n, n: 10n ** 9n };

const form =
  /^(?<sign>[+-]?)(?<whole>\d*)(?:\.(?<part>\d*))?(?:[eE](?<exponent>[+-]?\d{1,2})|(?<suffix>[A-Za-z]*))$/;

/**
 * A Kubernetes quantity (`48Ti`, `1.5Gi`, `1e9`, `100m`) as a whole number, fractions rounded up as the API server's
 * `Value()` does.
 *
 * @returns undefined for what is no quantity.
 */
export function parseQuantity(text: string): bigint | undefined {
  const groups = form.exec(text)?.groups;
  const whole = groups?.whole ?? '';
  const part = groups?.part ?? '';
  if (groups === undefined || whole + part === '') return undefined;
  const exponent = Number(groups.exponent ?? 0);
  const suffix = groups.suffix ?? '';
  const multiplier = Object.hasOwn(powers, suffix) ? powers[suffix] : undefined;
  const divisor = Object.hasOwn(fractions, suffix) ? fractions[suffix] : undefined;
  if (multiplier === undefined && divisor === undefined) return undefined;

  const numerator = BigInt(whole + part) * (multiplier ?? 1n) * 10n ** BigInt(Math.max(exponent, 0));
  const denominator = 10n ** BigInt(part.length) * (divisor ?? 1n) * 10n ** BigInt(Math.max(-exponent, 0));
  const value = numerator / denominator;
  const remains = numerator % denominator !== 0n;
  if (groups.sign === '-') return -value;
  return remains ? value + 1n : value;
}

/** The canonical form with a binary suffix, as Kubernetes writes sizes: `48Ti`, `1536Mi`; to the byte where none divides it. */
export function formatQuantity(bytes: bigint): string {
  for (const suffix of ['Ei', 'Pi', 'Ti', 'Gi', 'Mi', 'Ki']) {
    const unit = powers[suffix] ?? 1n;
    if (bytes !== 0n && bytes % unit === 0n) return `${bytes / unit}${suffix}`;
  }
  return `${bytes}`;
}
