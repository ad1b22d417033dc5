import type { IncomingMessage } from 'node:http';
import { createGunzip } from 'node:zlib';
import { StatusError } from './status-error.ts';

/** The API server's `--max-request-body-bytes`. */
const MAX_BODY_BYTES = 3 * 1024 * 1024;

export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const gzipped = request.headers['content-encoding'] === 'gzip';
  const stream = gzipped ? request.pipe(createGunzip()) : request;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) {
      throw new StatusError('RequestEntityTooLarge', `limit is ${MAX_BODY_BYTES}`, {});
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
