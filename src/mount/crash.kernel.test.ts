import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { mountsAt } from './testing/mounts-at.ts';
import { inOwnMountNamespace } from './testing/own-mount-namespace.ts';

const plugin = join(import.meta.dirname, 'testing', 'publish-and-die.ts');

inOwnMountNamespace(import.meta.filename, () => {
  const directory = mkdtempSync(join(tmpdir(), 'berth-crash-'));
  const target = join(directory, 'target');
  test.after(() => rmSync(directory, { recursive: true }));

  const run = (operation: string, ...fatalStep: string[]) =>
    spawnSync(process.execPath, [plugin, operation, target, ...fatalStep], { encoding: 'utf8' });
  const succeed = (operation: string) => {
    const { status, stderr } = run(operation);
    assert.equal(status, 0, stderr);
  };
  const dieAt = (operation: string, step: string) => assert.equal(run(operation, step).signal, 'SIGKILL');
  const left = () => ({ mounts: mountsAt(target).length, directory: existsSync(target) });

  for (const step of ['while preparing', 'before mount', 'after mount']) {
    test(`killed ${step}: publish again mounts once, and unpublish leaves nothing`, () => {
      dieAt('publish', step);
      succeed('publish');
      assert.deepEqual(left(), { mounts: 1, directory: true });
      succeed('unpublish');
      assert.deepEqual(left(), { mounts: 0, directory: false });
    });

    test(`killed ${step}: unpublish leaves nothing`, () => {
      dieAt('publish', step);
      succeed('unpublish');
      assert.deepEqual(left(), { mounts: 0, directory: false });
    });
  }

  for (const step of ['before umount', 'after umount']) {
    test(`killed ${step}: unpublish again leaves nothing`, () => {
      succeed('publish');
      dieAt('unpublish', step);
      succeed('unpublish');
      assert.deepEqual(left(), { mounts: 0, directory: false });
    });

    test(`killed ${step}: publish instead mounts once`, () => {
      succeed('publish');
      dieAt('unpublish', step);
      succeed('publish');
      assert.deepEqual(left(), { mounts: 1, directory: true });
      succeed('unpublish');
    });
  }

  for (const step of ['after mount', 'while undoing']) {
    test(`killed ${step} of a mount that failed: publish again mounts once`, () => {
      dieAt('fail', step);
      succeed('publish');
      assert.deepEqual(left(), { mounts: 1, directory: true });
      succeed('unpublish');
    });
  }
});
