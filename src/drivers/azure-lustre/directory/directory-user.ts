import type { WatchedVolume } from '../../../csi/driver.ts';
import { knownSubDir } from '../sub-dir.ts';
import { contextValue } from '../volume-context.ts';
import { parseDirectoryId } from './directory-volume.ts';

/**
 * Pure. The first of `others` that mounts a claim's directory or something in it. One that mounts a directory above it,
 * such as the whole file system, is no user of this very directory.
 */
export function directoryUser(volumeId: string, others: readonly WatchedVolume[]): WatchedVolume | undefined {
  const id = parseDirectoryId(volumeId);
  if (id === undefined || id.subDir === '') return undefined;
  return others.find(({ context }) => {
    if (contextValue(context, 'mgs-ip-address') !== id.mgsAddress) return false;
    const mounted = knownSubDir(contextValue(context, 'sub-dir') ?? '', context);
    return mounted === id.subDir || mounted.startsWith(`${id.subDir}/`);
  });
}
