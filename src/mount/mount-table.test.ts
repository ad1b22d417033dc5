import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMountTable } from './mount-table.ts';

const line = (id: number, path: string, source = 'none') =>
  `${id} 1 0:${id} / ${path} rw,relatime shared:1 - tmpfs ${source} rw`;
const text = [
  line(1, '/'),
  line(12, '/pods/a', 'low'),
  line(112, String.raw`/pods/b\040c`),
  line(30, '/pods/a', 'top'),
]
  .map((entry) => `${entry}\n`)
  .join('');

test('mounts are found by number and by path, also with a space, a stack from below', async () => {
  const table = createMountTable(async () => text);
  assert.equal((await table.byId(12))?.source, 'low');
  assert.equal((await table.byId(1))?.mountPoint, '/');
  assert.equal(await table.byId(2), undefined);
  assert.deepEqual(
    (await table.at('/pods/a')).map((entry) => entry.source),
    ['low', 'top'],
  );
  assert.deepEqual(
    (await table.at('/pods/b c')).map((entry) => entry.id),
    [112],
  );
  assert.deepEqual(await table.at('/pods'), []);
  assert.equal((await table.all()).length, 4);
});

test('callers share a read only if it begins after they asked', async () => {
  const reads: PromiseWithResolvers<string>[] = [];
  const table = createMountTable(() => {
    const read = Promise.withResolvers<string>();
    reads.push(read);
    return read.promise;
  });
  const first = table.all();
  const [second, third] = [table.at('/pods/a'), table.byId(30)];
  assert.equal(reads.length, 1);
  reads[0]?.resolve('');
  assert.deepEqual(await first, []);
  await new Promise(setImmediate);
  assert.equal(reads.length, 2);
  reads[1]?.resolve(text);
  assert.equal((await second).length, 2);
  assert.equal((await third)?.source, 'top');
});

test('a read that fails spoils only the calls that waited for it', async () => {
  const answers = [Promise.reject(new Error('EMFILE')), Promise.resolve(text)];
  const table = createMountTable(() => answers.shift() ?? Promise.resolve(''));
  const [first, second] = [table.all(), table.all()];
  await assert.rejects(first, /EMFILE/);
  assert.equal((await second).length, 4);
});
