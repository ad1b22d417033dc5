import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Mounts of these take their time: 50 ms, and 5 s like those of a server that hangs. */
export const mgs = { quick: '127.0.0.1', slow: '127.0.0.2', hanging: '127.0.0.3' } as const;

/**
 * A directory with a `mount` for the plugin's PATH that mounts an empty file system whose source is Lustre's: what a
 * network and a kernel client would add is the same for every plugin.
 */
export async function installMountShim(directory: string): Promise<string> {
  const bin = join(directory, 'bin');
  await mkdir(bin);
  const script = `#!/bin/sh
for target; do source=\${before-}; before=$target; done
case $source in
  ${mgs.slow}@*) sleep 0.05 ;;
  ${mgs.hanging}@*) sleep 5 ;;
esac
exec /bin/mount -n -t tmpfs -o size=4k "$source" "$target"
`;
  await writeFile(join(bin, 'mount'), script, { mode: 0o755 });
  return bin;
}
