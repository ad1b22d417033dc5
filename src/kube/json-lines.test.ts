import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { jsonLines } from './json-lines.ts';

async function* inChunks(bytes: Buffer, cuts: readonly number[]): AsyncGenerator<Buffer> {
  let start = 0;
  for (const cut of [...cuts, bytes.length].map((at) => at % (bytes.length + 1)).sort((a, b) => a - b)) {
    yield bytes.subarray(start, cut);
    start = cut;
  }
  yield bytes.subarray(start);
}

test('lines come out whole however the stream is cut, inside a character too', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ text: fc.string({ unit: 'binary' }) })),
      fc.array(fc.nat()),
      async (objects, cuts) => {
        const bytes = Buffer.from(objects.map((object) => `${JSON.stringify(object)}\n`).join(''));
        const parsed = await Array.fromAsync(jsonLines(inChunks(bytes, cuts)));
        assert.deepEqual(parsed, JSON.parse(JSON.stringify(objects)));
      },
    ),
  );
});

test('half a line at the end of a cut stream is not taken for an event', async () => {
  const parsed = await Array.fromAsync(jsonLines(inChunks(Buffer.from('{"a":1}\n{"a":'), [])));
  assert.deepEqual(parsed, [{ a: 1 }]);
});

test('a line that is not JSON is an error, not silence', async () => {
  await assert.rejects(Array.fromAsync(jsonLines(inChunks(Buffer.from('<html>\n'), []))), SyntaxError);
});
