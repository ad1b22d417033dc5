import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { claimStateDir, isStateDir, StateDirError } from './claim-state-dir.ts';
import { stateDir } from './state-dir.ts';

async function parentDirectory(t: TestContext): Promise<string> {
  const parent = await mkdtemp(join(tmpdir(), 'berth-state-'));
  t.after(() => rm(parent, { recursive: true }));
  return parent;
}

test('a new state directory is readable by its owner only, and is found again', async (t) => {
  const dir = stateDir(join(await parentDirectory(t), 'a/b'));
  assert.equal(await isStateDir(dir), false);
  await claimStateDir(dir);
  assert.equal((await stat(dir.root)).mode & 0o777, 0o700);
  assert.equal(await isStateDir(dir), true);
  await claimStateDir(dir);
});

test('an empty directory of the user is taken', async (t) => {
  const dir = stateDir(join(await parentDirectory(t), 'mine'));
  await mkdir(dir.root, { mode: 0o755 });
  await claimStateDir(dir);
  assert.equal((await stat(dir.root)).mode & 0o777, 0o700);
});

test('a directory with other files in it is refused and left as it was', async (t) => {
  const dir = stateDir(join(await parentDirectory(t), 'home'));
  await mkdir(dir.root, { mode: 0o755 });
  await writeFile(join(dir.root, 'thesis.tex'), '');
  await assert.rejects(
    claimStateDir(dir),
    (error: Error) => error instanceof StateDirError && /holds thesis\.tex/.test(error.message),
  );
  assert.deepEqual(await readdir(dir.root), ['thesis.tex']);
  assert.equal((await stat(dir.root)).mode & 0o777, 0o755);
});

test('a file, and a path below a file, are refused by name', async (t) => {
  const file = join(await parentDirectory(t), 'file');
  await writeFile(file, '');
  for (const path of [file, join(file, 'below')]) {
    await assert.rejects(
      claimStateDir(stateDir(path)),
      (error: Error) => error instanceof StateDirError && error.message.startsWith(path),
    );
  }
});

test('a directory where the kernel takes no new one is refused at once', async () => {
  await assert.rejects(claimStateDir(stateDir('/proc/berth')), StateDirError);
});

test('a directory of a later version is refused with the sentence that says so', async (t) => {
  const dir = stateDir(join(await parentDirectory(t), 's'));
  await claimStateDir(dir);
  await writeFile(dir.marker, '{"format":2}');
  await assert.rejects(
    claimStateDir(dir),
    /written by a later version of Berth \(format 2, this one reads up to 1\)/,
  );
});

test('a half-written marker still says whose directory it is', async (t) => {
  const dir = stateDir(join(await parentDirectory(t), 's'));
  await claimStateDir(dir);
  await writeFile(dir.marker, '{"for');
  assert.equal(await isStateDir(dir), true);
});
