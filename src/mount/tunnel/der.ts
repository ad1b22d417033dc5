/**
 * The few types of ASN.1 (X.690, DER) that a client certificate is made of. The project's library for certificates costs
 * the node plugin 15 MiB of memory, a fifth of what it may use.
 */
export const der = {
  boolean: (value: boolean) => encoded(0x01, Buffer.from([value ? 0xff : 0])),
  /** Positive only. */
  integer: (bytes: Uint8Array) => encoded(0x02, unsigned(bytes)),
  /** `unusedBits` is 0, as for keys and signatures. */
  bitString: (bytes: Uint8Array) => encoded(0x03, Buffer.concat([Buffer.from([0]), bytes])),
  octetString: (bytes: Uint8Array) => encoded(0x04, bytes),
  null: () => encoded(0x05, Buffer.alloc(0)),
  objectId: (dotted: string) => encoded(0x06, objectIdBytes(dotted)),
  utf8: (text: string) => encoded(0x0c, Buffer.from(text, 'utf8')),
  sequence: (...parts: readonly Uint8Array[]) => encoded(0x30, Buffer.concat(parts)),
  set: (...parts: readonly Uint8Array[]) => encoded(0x31, Buffer.concat(parts)),
  /** Two digits of the year: certificates use it up to 2049 (RFC 5280 4.1.2.5). */
  utcTime: (time: Date) => encoded(0x17, Buffer.from(utcTimeText(time), 'latin1')),
  /** `[number] EXPLICIT`. */
  explicit: (number: number, part: Uint8Array) => encoded(0xa0 | number, part),
} as const;

/** As `260102030405Z`. */
export function utcTimeText(time: Date): string {
  return `${time.toISOString().replace(/[-:T]/g, '').slice(2, 14)}Z`;
}

function encoded(tag: number, content: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([tag, ...lengthBytes(content.length)]), content]);
}

function lengthBytes(length: number): number[] {
  return length < 0x80 ? [length] : ((bytes) => [0x80 | bytes.length, ...bytes])(base256(length));
}

function base256(value: number): number[] {
  return value < 0x100 ? [value] : [...base256(Math.floor(value / 0x100)), value % 0x100];
}

/** The shortest form that does not read as negative. */
function unsigned(bytes: Uint8Array): Buffer {
  const start = bytes.findIndex((byte) => byte !== 0);
  const shortest = start < 0 ? Buffer.from([0]) : Buffer.from(bytes.subarray(start));
  return (shortest[0] ?? 0) < 0x80 ? shortest : Buffer.concat([Buffer.from([0]), shortest]);
}

/** The first two numbers share a byte; every number is written in base 128 with a continuation bit. */
function objectIdBytes(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return Buffer.from([first * 40 + second, ...rest].flatMap(base128));
}

function base128(value: number): number[] {
  const digits = [value & 0x7f];
  for (let left = value >>> 7; left > 0; left >>>= 7) digits.unshift((left & 0x7f) | 0x80);
  return digits;
}
