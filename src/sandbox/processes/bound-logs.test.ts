import assert from 'node:assert/strict';
import { appendFile, mkdtemp, open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { cutLogs } from './bound-logs.ts';

async function logDirectory(t: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'berth-logs-'));
  t.after(() => rm(directory, { recursive: true }));
  return directory;
}

test('a log that has grown past its bound is set aside, and its writer goes on in an empty one', async (t) => {
  const directory = await logDirectory(t);
  const file = join(directory, 'node.log');
  const writer = await open(file, 'a');
  t.after(() => writer.close());
  await writer.write('many words');
  await cutLogs(directory, 5);
  await writer.write('more');
  assert.equal(await readFile(file, 'utf8'), 'more');
  assert.equal(await readFile(`${file}.1`, 'utf8'), 'many words');
});

test('only one older part is kept', async (t) => {
  const directory = await logDirectory(t);
  const file = join(directory, 'node.log');
  for (const text of ['first part', 'second part', 'third part']) {
    await appendFile(file, text);
    await cutLogs(directory, 5);
  }
  assert.deepEqual((await readdir(directory)).sort(), ['node.log', 'node.log.1']);
  assert.equal(await readFile(`${file}.1`, 'utf8'), 'third part');
});

test('a log within its bound, and files that are no logs, stay as they are', async (t) => {
  const directory = await logDirectory(t);
  await writeFile(join(directory, 'node.log'), 'few');
  await writeFile(join(directory, 'notes.txt'), 'many words');
  await cutLogs(directory, 5);
  assert.deepEqual((await readdir(directory)).sort(), ['node.log', 'notes.txt']);
});
