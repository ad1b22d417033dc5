import { chmod, copyFile, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fillCompileCache } from './compile-cache.ts';
import { type Layer, packLayer } from './layer.ts';
import { runProgram } from './run-program.ts';

const repository = join(import.meta.dirname, '../..');

/** Of what scripts/build.mjs makes, the image holds all but the program with the sandbox in it. */
async function copyBundles(from: string, to: string): Promise<void> {
  const bundles = (await readdir(from)).filter((name) => name.endsWith('.cjs') && name !== 'berth.cjs');
  for (const bundle of bundles) await copyFile(join(from, bundle), join(to, bundle));
}

/** Berth itself: the bundles, the entry point, and a warm compile cache. */
export async function buildApplicationLayer(options: {
  /** The Node of the base layer. */
  readonly node: string;
  /** An empty directory; the layer's content is left in it. */
  readonly root: string;
  /** An empty directory for the bundles. */
  readonly bundleDir: string;
  readonly file: string;
  readonly say: (line: string) => void;
}): Promise<Layer> {
  const { node, root, bundleDir, file, say } = options;
  await runProgram(process.execPath, [join(repository, 'scripts/build.mjs'), '--outdir', bundleDir]);
  const app = join(root, 'app');
  await mkdir(app);
  await copyBundles(bundleDir, app);
  await mkdir(join(root, 'usr/share/doc/berth'), { recursive: true });
  await copyFile(join(repository, 'LICENSE'), join(root, 'usr/share/doc/berth/copyright'));
  const entryPoint = join(root, 'usr/local/bin/berth');
  await mkdir(join(root, 'usr/local/bin'), { recursive: true });
  await copyFile(join(import.meta.dirname, 'berth'), entryPoint);
  await chmod(entryPoint, 0o755);
  if (process.geteuid?.() === 0) await fillCompileCache({ node, app });
  else say('no compile cache: only root can make it for the users of the image; it will start slower');
  return packLayer(root, file);
}
