import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { chmod, copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { busybox, moduleDirectory } from './vm-lacks.ts';

/** In the order of loading; those that are part of the kernel have no file. */
const modules = [
  'virtio_ring',
  'virtio',
  'virtio_pci_modern_dev',
  'virtio_pci_legacy_dev',
  'virtio_pci',
  'netfs',
  'fscache',
  '9pnet',
  '9pnet_virtio',
  '9p',
  'overlay',
];

/** Writes the VM's first file system to `file`: busybox, `guest-init.sh` and the modules that reach the host's. */
export async function makeInitramfs(kernelVersion: string, file: string): Promise<void> {
  const root = `${file}.d`;
  for (const name of ['bin', 'proc', 'sys', 'dev', 'lower', 'layer', 'root-new', 'modules']) {
    await mkdir(join(root, name), { recursive: true });
  }
  await copyFile(busybox, join(root, 'bin/busybox'));
  await copyFile(join(import.meta.dirname, 'guest-init.sh'), join(root, 'init'));
  await chmod(join(root, 'init'), 0o755);
  const found = globSync(`**/{${modules.join(',')}}.ko`, { cwd: moduleDirectory(kernelVersion) });
  for (const path of found) {
    await copyFile(join(moduleDirectory(kernelVersion), path), join(root, 'modules', basename(path)));
  }
  const loadable = modules.filter((name) => found.some((path) => basename(path) === `${name}.ko`));
  await writeFile(join(root, 'modules/order'), loadable.join('\n'));

  const archive = spawnSync('sh', ['-c', `find . | cpio --create --format=newc --quiet > "$1"`, 'sh', file], {
    cwd: root,
    encoding: 'utf8',
  });
  if (archive.status !== 0) throw new Error(`cpio failed: ${archive.stderr}`);
  await rm(root, { recursive: true });
}
