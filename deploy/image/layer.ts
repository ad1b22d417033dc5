import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

/** One layer of the image: a gzipped tar. */
export interface Layer {
  readonly file: string;
  /** Of the file, `sha256:…`. */
  readonly digest: string;
  /** Of the tar before compression, `sha256:…`. */
  readonly diffId: string;
  /** Bytes of the file. */
  readonly size: number;
}

/** Owner, order and times do not depend on the machine, so that the same content is the same digest. */
export const sameEverywhere = [
  '--format=gnu',
  '--numeric-owner',
  '--owner=0',
  '--group=0',
  '--mtime=@0',
  '--sort=name',
] as const;

/** Packs everything below `directory` as owned by root. */
export async function packLayer(directory: string, file: string): Promise<Layer> {
  const tar = spawn('tar', [...sameEverywhere, '-C', directory, '-cf', '-', '.'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(tar, 'close');
  const content = createHash('sha256');
  const compressed = createHash('sha256');
  await pipeline(
    tar.stdout,
    tee(content),
    createGzip({ level: 6 }),
    tee(compressed),
    createWriteStream(file),
  );
  const [exitCode] = await ended;
  if (exitCode !== 0) throw new Error(`tar ended with ${exitCode}`);
  return {
    file,
    digest: `sha256:${compressed.digest('hex')}`,
    diffId: `sha256:${content.digest('hex')}`,
    size: (await stat(file)).size,
  };
}

function tee(hash: ReturnType<typeof createHash>): PassThrough {
  const through = new PassThrough();
  through.on('data', (chunk: Buffer) => hash.update(chunk));
  return through;
}
