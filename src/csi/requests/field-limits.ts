/** CSI's size limits for fields. */
const STRING_BYTES = 128;
const MAP_BYTES = 4096;
/** Linux' PATH_MAX without the final NUL. CSI: a plugin must accept 128 bytes and should accept the system's maximum. */
const PATH_BYTES = 4095;

const bytesOf = (text: string) => Buffer.byteLength(text);

export function tooLong(field: string, value: string): string | undefined {
  const bytes = bytesOf(value);
  if (bytes <= STRING_BYTES) return undefined;
  return `${field} must not be longer than ${STRING_BYTES} bytes, it has ${bytes}`;
}

/** For parameters. Secrets and volume contexts are not held to it: certificates and tokens in them are larger in practice. */
export function mapTooLarge(field: string, map: Readonly<Record<string, string>>): string | undefined {
  const bytes = Object.entries(map).reduce((sum, [key, value]) => sum + bytesOf(key) + bytesOf(value), 0);
  if (bytes <= MAP_BYTES) return undefined;
  return `${field} must not be larger than ${MAP_BYTES} bytes in total, they have ${bytes}`;
}

export function listTooLarge(field: string, list: readonly string[]): string | undefined {
  const bytes = list.reduce((sum, item) => sum + bytesOf(item), 0);
  if (bytes <= MAP_BYTES) return undefined;
  return `${field} must not be larger than ${MAP_BYTES} bytes in total, they have ${bytes}`;
}

/** The characters CSI forbids in a volume's name: control characters other than tab, line feed and carriage return. */
export function forbiddenCharacter(field: string, value: string): string | undefined {
  const found = [...value].find((character) => {
    const code = character.codePointAt(0) ?? 0;
    return (code < 0x20 && ![0x09, 0x0a, 0x0d].includes(code)) || (code >= 0x7f && code <= 0x9f);
  });
  if (found === undefined) return undefined;
  const code = (found.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return `${field} must not contain the control character U+${code}`;
}

/** A path on the node that a mount is made at or taken from: never relative, never the root or above another path. */
export function unusablePath(field: string, path: string): string | undefined {
  if (!path.startsWith('/')) return `${field} must be absolute: ${JSON.stringify(path)}`;
  if (path.includes('\0')) return `${field} must not contain a NUL`;
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..')) return `${field} must not contain "..": ${JSON.stringify(path)}`;
  if (parts.length === 0) return `${field} must not be the root directory`;
  if (bytesOf(path) > PATH_BYTES) return `${field} must not be longer than ${PATH_BYTES} bytes`;
  return undefined;
}
