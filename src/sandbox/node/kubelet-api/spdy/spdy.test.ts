import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { dataFrame, type Frame, pingFrame, readFrames } from './frames.ts';
import { createHeaderCodec } from './header-codec.ts';

async function framesOf(chunks: readonly Buffer[]): Promise<readonly Frame[]> {
  const frames: Frame[] = [];
  for await (const frame of readFrames(Readable.from(chunks))) frames.push(frame);
  return frames;
}

test('frames are found however the bytes arrive', async () => {
  const data = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes));
  const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 });
  await fc.assert(
    fc.asyncProperty(fc.array(data, { maxLength: 5 }), sizes, async (payloads, cuts) => {
      const sent = payloads.map((payload, index) => dataFrame(index * 2 + 1, payload, index % 2 === 1));
      const all = Buffer.concat([...sent, pingFrame(9)]);
      const chunks: Buffer[] = [];
      for (let at = 0, n = 0; at < all.length; n++) {
        const size = cuts[n % cuts.length] ?? 1;
        chunks.push(all.subarray(at, at + size));
        at += size;
      }
      const expected = payloads.map((payload, index) => ({
        type: 'data',
        stream: index * 2 + 1,
        last: index % 2 === 1,
        data: payload,
      }));
      assert.deepEqual(await framesOf(chunks), [...expected, { type: 'ping', id: 9 }]);
    }),
    { numRuns: 50 },
  );
});

test('the head of a stream names it, as a Go client compresses it', async () => {
  // The first SYN_STREAM of a connection by spdystream 0.5, which client-go uses, with the header streamType: error.
  const head = Buffer.from(
    '80030001000000290000000100000000000078f9e3c6a7c26260606004a7b392a2d4c45c6851c29a0a0a6800000000ffff',
    'hex',
  );
  const [frame] = await framesOf([head]);
  assert.ok(frame?.type === 'syn-stream');
  assert.equal(frame.stream, 1);
  const codec = createHeaderCodec();
  assert.equal((await codec.decode(frame.headers)).get('streamtype'), 'error');
  codec.close();
});

test('header blocks of one connection follow each other in one compressed stream', async () => {
  const [from, to] = [createHeaderCodec(), createHeaderCodec()];
  for (const headers of [{ streamtype: 'stdin' }, {}, { streamtype: 'stdin', more: 'ünicode' }]) {
    const map = new Map(Object.entries(headers));
    assert.deepEqual(await to.decode(await from.encode(map)), map);
  }
  from.close();
  to.close();
});
