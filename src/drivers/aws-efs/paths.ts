/** Whether `path` is strictly below `base`; both absolute and cleaned. `/a` is not above `/ab`. */
export function isBelow(path: string, base: string): boolean {
  return path !== base && path.startsWith(base === '/' ? '/' : `${base}/`);
}
