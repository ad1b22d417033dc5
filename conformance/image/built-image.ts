import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildImage } from '../../deploy/image/build-image.ts';
import { MachineLacks } from '../../deploy/image/machine-lacks.ts';
import { version } from '../../src/version.ts';
import { run } from '../testing/run.ts';

export interface Descriptor {
  readonly digest: string;
  readonly size: number;
}

/** What a container gets from the image. */
export interface ImageConfig {
  readonly User: string;
  readonly Env: readonly string[];
  readonly Entrypoint: readonly string[];
}

export interface BuiltImage {
  /** Bytes of the archive. */
  readonly size: number;
  /** The archive, unpacked. */
  readonly layout: string;
  readonly layers: readonly Descriptor[];
  readonly diffIds: readonly string[];
  readonly config: ImageConfig;
  /** A directory with the layers, one upon the other. */
  readonly root: string;
}

/** Where the layout keeps what a descriptor names. */
export const blobOf = (layout: string, digest: string) => join(layout, 'blobs', digest.replace(':', '/'));

/** The production image, built and unpacked; or what the machine lacks for it. */
export async function openBuiltImage(t: {
  after(done: () => Promise<void>): void;
}): Promise<BuiltImage | { readonly lacks: string }> {
  const directory = await mkdtemp(join(tmpdir(), 'berth-i-'));
  t.after(() => rm(directory, { recursive: true }));
  // The image's programs also run as an ordinary user here.
  await chmod(directory, 0o755);
  try {
    const output = join(directory, 'berth.tar');
    const { digest, size } = await buildImage({ output, name: `localhost/berth:${version}`, say: () => {} });
    return { size, ...(await unpack(directory, output, digest)) };
  } catch (error) {
    if (error instanceof MachineLacks) return { lacks: error.message };
    throw error;
  }
}

async function unpack(directory: string, archive: string, digest: string) {
  const [layout, root] = [join(directory, 'layout'), join(directory, 'root')];
  for (const path of [layout, root]) await mkdir(path);
  const tar = async (...args: readonly string[]) => {
    const { exitCode, stderr } = await run('tar', args);
    assert.equal(exitCode, 0, stderr);
  };
  await tar('-xf', archive, '-C', layout);
  const manifest = await readJson(blobOf(layout, digest));
  const { config, rootfs } = await readJson(blobOf(layout, manifest.config.digest));
  const layers: readonly Descriptor[] = manifest.layers;
  for (const layer of layers) await tar('-xzpf', blobOf(layout, layer.digest), '-C', root);
  return { layout, root, layers, config: config as ImageConfig, diffIds: rootfs.diff_ids as string[] };
}

const readJson = async (path: string) => JSON.parse(await readFile(path, 'utf8'));
