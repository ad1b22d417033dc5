import { posix } from 'node:path';

/** Where the records of a file system are kept, relative to its root. */
export const recordsFolder = '.berth';

/** The kernel's NAME_MAX, and a path that with the mount point before it stays below PATH_MAX; bytes. */
const longestName = 255;
const longestPath = 3_000;

/** Why `path` does not name a directory strictly below a mount's root, or undefined where it does. Lexical. */
export function innerPathProblem(path: string): string | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a NUL or newline in a path is what it looks for
  if (/[\u0000-\u001f\u007f]/.test(path)) return 'it has a control character';
  if (path === '' || path === '.') return 'it names the root of the file system';
  if (path.startsWith('/') || posix.normalize(path) !== path || path.endsWith('/'))
    return 'it must be relative and have neither empty parts nor "." nor ".."';
  const names = path.split('/');
  if (names.includes('..')) return 'it leads out of the file system';
  if (names[0] === recordsFolder) return `${recordsFolder} is where the records are kept`;
  if (names.some((name) => Buffer.byteLength(name) > longestName))
    return `a name in it has more than ${longestName} bytes`;
  return Buffer.byteLength(path) > longestPath ? `it has more than ${longestPath} bytes` : undefined;
}

/** `base` may be empty for the root. */
export function joinInner(base: string, path: string): string {
  return base === '' ? path : `${base}/${path}`;
}

/** `a/b/c` → `a`, `a/b`. */
export function pathsAbove(path: string): readonly string[] {
  const names = path.split('/');
  return names.slice(1).map((_, index) => names.slice(0, index + 1).join('/'));
}

/** Whether one is the other or lies in it. The root, which is empty, holds all. */
export function overlaps(a: string, b: string): boolean {
  const inside = (inner: string, outer: string) =>
    outer === '' || inner === outer || inner.startsWith(`${outer}/`);
  return inside(a, b) || inside(b, a);
}
