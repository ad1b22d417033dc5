import { readFileSync } from 'node:fs';
import { type MountEntry, parseMountinfo } from '../mountinfo.ts';

/** What this process' mount namespace has at a path, the lowest first. */
export function mountsAt(path: string): MountEntry[] {
  const table = parseMountinfo(readFileSync('/proc/self/mountinfo', 'utf8'));
  return table.filter((entry) => entry.mountPoint === path);
}
