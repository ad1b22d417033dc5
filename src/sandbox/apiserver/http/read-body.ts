import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { badRequest, StatusError } from './status-error.ts';

/** The API server's `--max-request-body-bytes`. */
const MAX_BODY_BYTES = 3 * 1024 * 1024;

const tooLarge = () =>
  new StatusError('RequestEntityTooLarge', `Request entity too large: limit is ${MAX_BODY_BYTES}`);

/** @throws StatusError for a body that is too large, before or after unpacking, or whose packing is broken. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    // What is too much is still read, or the client would find its connection cut instead of the answer.
    if (size <= MAX_BODY_BYTES) chunks.push(chunk);
  }
  if (size > MAX_BODY_BYTES) throw tooLarge();
  const body = Buffer.concat(chunks);
  return request.headers['content-encoding'] === 'gzip' ? unpack(body) : body;
}

async function unpack(body: Buffer): Promise<Buffer> {
  try {
    return await promisify(gunzip)(body, { maxOutputLength: MAX_BODY_BYTES });
  } catch (error) {
    if (error instanceof RangeError) throw tooLarge();
    throw badRequest('the gzip encoding of the body is broken', { cause: error });
  }
}
