import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { version } from '../../src/version.ts';
import { buildApplicationLayer } from './application-layer.ts';
import { buildBaseLayer } from './base-layer.ts';
import { fetchDebianPackages } from './debian-packages.ts';
import type { Layer } from './layer.ts';
import { MachineLacks } from './machine-lacks.ts';
import { type WrittenImage, writeOciArchive } from './oci-archive.ts';

const architectures: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };

/** Where packages and the base layer stay between builds. */
function imageCacheDir(env: NodeJS.ProcessEnv): string {
  return join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'berth/image');
}

/** What a container of the image starts, and as whom unless the pod says otherwise. */
const config = {
  User: '65532:65532',
  Env: [
    'PATH=/usr/local/bin:/usr/sbin:/usr/bin:/lustre/sbin',
    'NODE_COMPILE_CACHE=/app/compile-cache',
    'NODE_COMPILE_CACHE_PORTABLE=1',
  ],
  Entrypoint: ['/usr/bin/tini', '--', '/usr/local/bin/berth'],
  WorkingDir: '/',
  Labels: {
    'org.opencontainers.image.title': 'berth',
    'org.opencontainers.image.version': version,
    'org.opencontainers.image.licenses': 'Apache-2.0',
  },
};

/** Builds the production image for this machine's architecture. Throws MachineLacks. */
export async function buildImage(options: {
  readonly output: string;
  readonly name: string;
  /** More layers, upon Berth's. */
  readonly upon?: readonly Layer[];
  readonly say: (line: string) => void;
}): Promise<WrittenImage> {
  const { output, name, upon = [], say } = options;
  const architecture = architectures[process.arch];
  if (architecture === undefined) throw new MachineLacks(`no image is made for ${process.arch}`);
  const cacheDir = imageCacheDir(process.env);
  const scratch = await mkdtemp(join(tmpdir(), 'berth-image-'));
  // The compile cache is made by processes of other users.
  await chmod(scratch, 0o755);
  const directory = async (part: string) => {
    const path = join(scratch, part);
    await mkdir(path);
    return path;
  };
  try {
    const root = await directory('base');
    say('Debian packages …');
    const packages = await fetchDebianPackages(join(cacheDir, 'packages'));
    say('base layer …');
    const base = await buildBaseLayer({ packages, nodePackage: nodePackage(), cacheDir, root });
    say('bundles and their compile cache …');
    const application = await buildApplicationLayer({
      node: join(root, 'usr/local/bin/node'),
      root: await directory('application'),
      bundleDir: await directory('bundles'),
      file: join(scratch, 'application.tar.gz'),
      say,
    });
    const layers = [base, application, ...upon];
    const description = { name, architecture, layers, config };
    const image = await writeOciArchive(description, output, await directory('archive'));
    say(`${image.file}: ${megabytes(image.size)} (${layers.map(({ size }) => megabytes(size)).join(' + ')})`);
    return image;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** The npm package with Node itself: the version that package.json pins, whatever runs this build. */
function nodePackage(): string {
  const name = `node-linux-${process.arch}/package.json`;
  try {
    return dirname(createRequire(import.meta.url).resolve(name));
  } catch (error) {
    throw new MachineLacks(`the npm package ${dirname(name)} is not installed: run npm install`, {
      cause: error,
    });
  }
}

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;
