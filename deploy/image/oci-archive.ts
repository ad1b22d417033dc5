import { createHash } from 'node:crypto';
import { copyFile, link, mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Layer, sameEverywhere } from './layer.ts';
import { runProgram } from './run-program.ts';

export interface ImageDescription {
  /** `localhost/berth:0.1.0`. */
  readonly name: string;
  /** As Go names it: amd64, arm64. */
  readonly architecture: string;
  readonly layers: readonly Layer[];
  /** The `config` object of an OCI image configuration. */
  readonly config: object;
}

export interface WrittenImage {
  readonly file: string;
  readonly name: string;
  /** Of the manifest: what a registry would call the image. */
  readonly digest: string;
  /** Bytes of the archive, which are about those of a pull. */
  readonly size: number;
}

const types = {
  index: 'application/vnd.oci.image.index.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar+gzip',
} as const;

/** A fixed time: an image of the same content is the same image. */
const created = '1970-01-01T00:00:00Z';

/**
 * Writes one tar that is an OCI image layout (skopeo, podman, `ctr images import`) and, by its manifest.json, what
 * `docker load` reads. `scratch` is an empty directory.
 */
export async function writeOciArchive(
  image: ImageDescription,
  file: string,
  scratch: string,
): Promise<WrittenImage> {
  const { name, architecture, layers } = image;
  const blobs = join(scratch, 'blobs/sha256');
  await mkdir(blobs, { recursive: true });
  for (const layer of layers) await linkOrCopy(layer.file, join(blobs, hexOf(layer.digest)));

  const config = await writeBlob(blobs, types.config, {
    created,
    architecture,
    os: 'linux',
    config: image.config,
    rootfs: { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) },
    history: layers.map(() => ({ created, created_by: 'deploy/image/build-image.mjs' })),
  });
  const manifest = await writeBlob(blobs, types.manifest, {
    schemaVersion: 2,
    mediaType: types.manifest,
    config,
    layers: layers.map(({ digest, size }) => ({ mediaType: types.layer, digest, size })),
  });
  await writeJson(join(scratch, 'oci-layout'), { imageLayoutVersion: '1.0.0' });
  await writeJson(join(scratch, 'index.json'), {
    schemaVersion: 2,
    mediaType: types.index,
    manifests: [
      {
        ...manifest,
        platform: { architecture, os: 'linux' },
        annotations: {
          'io.containerd.image.name': name,
          'org.opencontainers.image.ref.name': name.slice(name.lastIndexOf(':') + 1),
        },
      },
    ],
  });
  const blobPath = (digest: string) => `blobs/sha256/${hexOf(digest)}`;
  await writeJson(join(scratch, 'manifest.json'), [
    {
      Config: blobPath(config.digest),
      RepoTags: [name],
      Layers: layers.map(({ digest }) => blobPath(digest)),
    },
  ]);
  await runProgram('tar', [
    ...sameEverywhere,
    '-C',
    scratch,
    '-cf',
    file,
    'blobs',
    'index.json',
    'manifest.json',
    'oci-layout',
  ]);
  return { file, name, digest: manifest.digest, size: (await stat(file)).size };
}

async function writeBlob(directory: string, mediaType: string, value: object) {
  const text = JSON.stringify(value);
  const hex = createHash('sha256').update(text).digest('hex');
  await writeFile(join(directory, hex), text);
  return { mediaType, digest: `sha256:${hex}`, size: Buffer.byteLength(text) };
}

/** A cached layer may lie on another file system. */
async function linkOrCopy(from: string, to: string): Promise<void> {
  await link(from, to).catch(() => copyFile(from, to));
}

const hexOf = (digest: string) => digest.slice('sha256:'.length);

const writeJson = (path: string, value: object) => writeFile(path, JSON.stringify(value));
