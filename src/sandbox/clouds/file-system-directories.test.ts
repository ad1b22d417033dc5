import assert from 'node:assert/strict';
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { lustreKind, openFileSystemDirectories } from './file-system-directories.ts';

async function temporary(t: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'berth-lustre-'));
  t.after(() => rm(path, { recursive: true, force: true }));
  return path;
}

function open(stateDir: string) {
  const errors: unknown[] = [];
  return {
    errors,
    directories: openFileSystemDirectories(stateDir, lustreKind, (error) => errors.push(error)),
  };
}

test('a removal takes links out of the data without following them', async (t) => {
  const [stateDir, outside] = [await temporary(t), await temporary(t)];
  writeFileSync(join(outside, 'precious'), 'text');
  const { directories, errors } = open(stateDir);
  directories.create('127.88.0.4');
  symlinkSync(outside, join(directories.data('127.88.0.4'), 'link'));
  directories.remove('127.88.0.4');
  assert.equal(existsSync(directories.data('127.88.0.4')), false);
  await directories.idle();
  assert.ok(existsSync(join(outside, 'precious')));
  assert.deepEqual(errors, []);
});

test('a link in place of a directory is refused, and when removed only itself goes', async (t) => {
  const [stateDir, outside] = [await temporary(t), await temporary(t)];
  mkdirSync(join(outside, 'data'));
  const { directories } = open(stateDir);
  symlinkSync(outside, join(stateDir, 'lustre', '127.88.0.4'));
  assert.throws(() => directories.create('127.88.0.4'), /is not a directory/);
  directories.remove('127.88.0.4');
  await directories.idle();
  assert.ok(existsSync(join(outside, 'data')));
  const linked = await temporary(t);
  symlinkSync(outside, join(linked, 'lustre'));
  assert.throws(() => open(linked), /is not a directory/);
});

test('names that are no address lead nowhere', async (t) => {
  const { directories } = open(await temporary(t));
  for (const name of ['..', '../..', '127.0.0.1/..', '']) {
    assert.throws(() => directories.create(name), /names no file system/);
    assert.throws(() => directories.remove(name), /names no file system/);
  }
});

test('what a killed process left to remove is removed at the next start', async (t) => {
  const stateDir = await temporary(t);
  const left = join(stateDir, 'lustre', '.removed', 'left');
  mkdirSync(join(left, 'data'), { recursive: true });
  const { directories } = open(stateDir);
  await directories.idle();
  assert.equal(existsSync(left), false);
});

test('making and removing may be repeated', async (t) => {
  const { directories, errors } = open(await temporary(t));
  directories.create('127.88.0.4');
  writeFileSync(join(directories.data('127.88.0.4'), 'kept'), 'text');
  directories.create('127.88.0.4');
  assert.ok(existsSync(join(directories.data('127.88.0.4'), 'kept')));
  directories.remove('127.88.0.4');
  directories.remove('127.88.0.4');
  await directories.idle();
  assert.deepEqual(errors, []);
});
