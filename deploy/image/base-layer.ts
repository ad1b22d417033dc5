import { createHash } from 'node:crypto';
import {
  chmod,
  copyFile,
  cp,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { DebianPackage } from './debian-packages.ts';
import { hashFile } from './file-hash.ts';
import { type Layer, packLayer } from './layer.ts';
import { MachineLacks } from './machine-lacks.ts';
import { runProgram } from './run-program.ts';

export interface BaseLayerOptions {
  readonly packages: readonly DebianPackage[];
  /** The folder of Node's npm package. */
  readonly nodePackage: string;
  /** Layers of earlier builds are kept here under the hash of what they were made from. */
  readonly cacheDir: string;
  /** An empty directory; the root file system is left in it. */
  readonly root: string;
}

/** What no program in a container reads. Copyrights stay. */
const unused = [
  'usr/share/man',
  'usr/share/locale',
  'usr/share/info',
  'usr/share/lintian',
  'usr/share/bug',
  'usr/share/gcc',
  'usr/share/gdb',
  'usr/share/bash-completion',
  'usr/share/menu',
  'usr/share/common-licenses/GFDL-1.2',
  'usr/share/common-licenses/GFDL-1.3',
  'usr/bin/tini-static',
  'usr/lib/x86_64-linux-gnu/gconv',
  'usr/lib/aarch64-linux-gnu/gconv',
];

const users = `root:x:0:0:root:/:/usr/sbin/nologin
berth:x:65532:65532:berth:/:/usr/sbin/nologin
`;
const groups = `root:x:0:
berth:x:65532:
`;

/** Debian and Node: what stays the same from one build of Berth to the next. */
export async function buildBaseLayer(options: BaseLayerOptions): Promise<Layer> {
  const { packages, nodePackage, cacheDir, root } = options;
  await unpackDebian(packages, root);
  await trim(root);
  await addNode(nodePackage, root);
  const key = await keyOf(options);
  const kept = join(cacheDir, key);
  const known = await readFile(`${kept}.json`, 'utf8').catch(() => undefined);
  if (known !== undefined) return JSON.parse(known) as Layer;
  // Another build may be writing the same layer.
  const unfinished = `${kept}.${process.pid}`;
  const layer = { ...(await packLayer(root, unfinished)), file: `${kept}.tar.gz` };
  await rename(unfinished, layer.file);
  await writeFile(`${kept}.json`, JSON.stringify(layer));
  for (const name of await readdir(cacheDir))
    if (name.startsWith('base-') && !name.startsWith(key)) await rm(join(cacheDir, name));
  return layer;
}

async function keyOf({ packages, root }: BaseLayerOptions): Promise<string> {
  const hash = createHash('sha256');
  hash.update(await readFile(import.meta.filename));
  hash.update(await readFile(join(import.meta.dirname, 'layer.ts')));
  for (const { sha256 } of packages) hash.update(sha256);
  hash.update(await hashFile(join(root, 'usr/local/bin/node')));
  return `base-${hash.digest('hex').slice(0, 32)}`;
}

/** What is taken of packages that hold much more, setuid programs among it. */
const parts: Readonly<Record<string, readonly string[]>> = {
  'util-linux': ['./usr/bin/unshare', './usr/share/doc/util-linux/copyright'],
};

async function unpackDebian(packages: readonly DebianPackage[], root: string): Promise<void> {
  // Debian's packages still name /bin and /lib; these are links since Debian 12, made by its installer.
  for (const name of ['bin', 'sbin', 'lib', 'lib64']) {
    await mkdir(join(root, 'usr', name), { recursive: true });
    await symlink(`usr/${name}`, join(root, name));
  }
  const inventory = join(root, 'var/lib/dpkg/status.d');
  await mkdir(inventory, { recursive: true });
  for (const { file } of packages) {
    const name = basename(file).split('_')[0] ?? '';
    await runProgram('sh', [
      '-c',
      'file=$1 root=$2; shift 2; dpkg-deb --fsys-tarfile "$file" | tar -x --keep-directory-symlink --no-same-owner -C "$root" "$@"',
      'sh',
      file,
      root,
      ...(parts[name] ?? []),
    ]);
    // Where image scanners look for a Debian without dpkg.
    await writeFile(join(inventory, name), await runProgram('dpkg-deb', ['--field', file]));
  }
}

/** Does what the packages' scripts would have done, and takes away what nobody needs. */
async function trim(root: string): Promise<void> {
  for (const path of unused) await rm(join(root, path), { recursive: true, force: true });
  const docs = join(root, 'usr/share/doc');
  for (const name of await readdir(docs)) {
    for (const file of await readdir(join(docs, name)).catch(() => []))
      if (file !== 'copyright') await rm(join(docs, name, file), { recursive: true });
  }
  await rm(join(root, 'usr/bin/sh'), { force: true });
  await symlink('dash', join(root, 'usr/bin/sh'));
  // Whoever may mount here is root already.
  for (const program of ['mount', 'umount']) await chmod(join(root, 'usr/bin', program), 0o755);
  await writeFile(join(root, 'etc/passwd'), users);
  await writeFile(join(root, 'etc/group'), groups);
  await writeFile(join(root, 'etc/nsswitch.conf'), 'passwd: files\ngroup: files\nhosts: files dns\n');
  await chmod(join(root, 'tmp'), 0o1777);
  // The Lustre client's programs belong to the node's kernel: a loader puts them into a volume at /lustre.
  await mkdir(join(root, 'lustre'));
  await symlink('/lustre/sbin/mount.lustre', join(root, 'usr/sbin/mount.lustre'));
}

async function addNode(nodePackage: string, root: string): Promise<void> {
  const target = join(root, 'usr/local/bin/node');
  await mkdir(join(root, 'usr/local/bin'), { recursive: true });
  await copyFile(join(nodePackage, 'bin/node'), target);
  await chmod(target, 0o755);
  await cp(join(nodePackage, 'LICENSE'), join(root, 'usr/share/doc/node/copyright'));
  // The symbols of Node's own sources are an eighth of its size. Where there is no strip they stay.
  await runProgram('strip', ['--strip-all', target]).catch((error: unknown) => {
    if (!(error instanceof MachineLacks)) throw error;
  });
}
