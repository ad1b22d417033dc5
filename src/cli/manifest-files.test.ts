import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { manifestFiles } from './manifest-files.ts';

test('a directory stands for the manifests in it, and anything else for itself', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'berth-manifests-'));
  t.after(() => rm(directory, { recursive: true }));
  for (const file of ['b.yml', 'a.yaml', 'c.json', 'README.md']) await writeFile(join(directory, file), '');
  const inside = ['a.yaml', 'b.yml', 'c.json'].map((file) => join(directory, file));
  assert.deepEqual(await manifestFiles(directory), inside);
  assert.deepEqual(await manifestFiles(join(directory, 'README.md')), [join(directory, 'README.md')]);
  assert.deepEqual(await manifestFiles('-'), ['-']);
  await assert.rejects(manifestFiles(join(directory, 'none')), { code: 'ENOENT' });
});
