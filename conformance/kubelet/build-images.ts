import { chmod, copyFile, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildImage } from '../../deploy/image/build-image.ts';
import { packLayer } from '../../deploy/image/layer.ts';
import { writeOciArchive } from '../../deploy/image/oci-archive.ts';
import { runProgram } from '../../deploy/image/run-program.ts';
import { version } from '../../src/version.ts';
import { packLustreStandIn } from './lustre-stand-in.ts';

/** Of the chart's defaults. */
const berthImage = `localhost/berth:${version}`;
/** The name in the tutorial's pods; an image of that name is here already, so none is pulled. */
export const tutorialImage = 'mcr.microsoft.com/oss/nginx/nginx:1.15.5-alpine';
export const pauseImage = 'localhost/pause:1';

export const imageFiles = ['berth.tar', 'shell.tar', 'pause.tar'] as const;

/** The archives of all images that the node will need, into `directory`. Throws MachineLacks. */
export async function buildImages(directory: string): Promise<void> {
  const [berth, shell, pause] = imageFiles.map((name) => join(directory, name));
  const standIn = join(directory, 'stand-in');
  await mkdir(standIn);
  const layer = await packLustreStandIn(standIn, join(directory, 'stand-in.tar.gz'));
  await buildImage({ output: berth ?? '', name: berthImage, upon: [layer], say: () => {} });
  await buildShellImage(tutorialImage, ['/bin/sh'], shell ?? '');
  // Nothing tells the sandbox's process to end but SIGKILL.
  await buildShellImage(pauseImage, ['/bin/sleep', '2147483647'], pause ?? '');
}

/** A small image of busybox alone. */
async function buildShellImage(name: string, command: readonly string[], file: string): Promise<void> {
  const root = `${file}.root`;
  for (const path of ['bin', 'tmp', 'etc']) await mkdir(join(root, path), { recursive: true });
  await copyFile('/bin/busybox', join(root, 'bin/busybox'));
  const applets = (await runProgram('/bin/busybox', ['--list'])).trim().split('\n');
  for (const applet of applets) if (applet !== 'busybox') await symlink('busybox', join(root, 'bin', applet));
  await chmod(join(root, 'tmp'), 0o1777);
  await writeFile(join(root, 'etc/passwd'), 'root:x:0:0:root:/:/bin/sh\n');
  const layers = [await packLayer(root, `${file}.layer`)];
  const config = { Env: ['PATH=/bin'], Cmd: command };
  const scratch = `${file}.scratch`;
  await mkdir(scratch);
  await writeOciArchive({ name, architecture: 'amd64', layers, config }, file, scratch);
}
