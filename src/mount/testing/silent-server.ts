import { closeSync, readSync, writeSync } from 'node:fs';
import { errnoOf } from '../errno.ts';

// The server process of silent-file-system.ts; /dev/fuse is its file descriptor 3.

const FUSE = 3;
const FUSE_INIT = 26;
/** Milliseconds between two looks for requests. */
const POLL_MS = 5;
/** A test that forgets the server would otherwise hang in its own cleanup, beyond the reach of signals. */
const LIFETIME_MS = 30_000;

/** struct fuse_out_header and struct fuse_init_out of protocol 7.31: the kernel sends requests only after it. */
function initAnswer(request: bigint): Buffer {
  const answer = Buffer.alloc(16 + 64);
  answer.writeUInt32LE(answer.length, 0);
  answer.writeBigUInt64LE(request, 8);
  answer.writeUInt32LE(7, 16);
  answer.writeUInt32LE(31, 20);
  answer.writeUInt32LE(4096, 36); // max_write
  return answer;
}

function takeRequest(): void {
  const request = Buffer.alloc(256 * 1024);
  try {
    readSync(FUSE, request);
  } catch (error) {
    if (errnoOf(error) === 'EAGAIN') return;
    closeSync(FUSE);
    process.exit();
  }
  if (request.readUInt32LE(4) === FUSE_INIT) writeSync(FUSE, initAnswer(request.readBigUInt64LE(8)));
}

setInterval(takeRequest, POLL_MS);
setTimeout(() => process.exit(), LIFETIME_MS);
