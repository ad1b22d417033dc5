import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Layer, packLayer } from '../../deploy/image/layer.ts';
import { mountScript } from '../../src/sandbox/lustre/mount-script.ts';

/** On the node and, by a volume of both directions, in the node plugin's container: where the file systems' content is. */
export const lustreStateDir = '/var/lib/lustre-stand-in';

/** What the script needs and the production image has no use for: Debian's, as the image's libraries are. */
const programs = ['flock', 'grep', 'setsid'];

/** /tmp is the container's own, see the chart. */
const helper = `#!/bin/sh
export BERTH_MOUNT_ASIDE=/tmp
PATH=/lustre/stand-in/bin:$PATH exec /lustre/stand-in/mount -t lustre "$@"
`;

/**
 * A layer upon the production image in the place of what a Lustre client's packages bring: a mount.lustre, where the
 * image's own link leads. mount(8) of the image calls it as it would call the real one.
 */
export async function packLustreStandIn(root: string, file: string): Promise<Layer> {
  const at = (path: string) => join(root, 'lustre', path);
  await mkdir(at('sbin'), { recursive: true });
  await mkdir(at('stand-in/bin'), { recursive: true });
  await writeFile(at('sbin/mount.lustre'), helper, { mode: 0o755 });
  const script = mountScript({ stateDir: lustreStateDir, realMount: '/usr/bin/mount' });
  await writeFile(at('stand-in/mount'), script, { mode: 0o755 });
  for (const program of programs) await copyFile(`/usr/bin/${program}`, at(`stand-in/bin/${program}`));
  return packLayer(root, file);
}
