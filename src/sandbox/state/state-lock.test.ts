import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { acquireStateLock } from './state-lock.ts';

async function lockFile(t: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'berth-lock-'));
  t.after(() => rm(directory, { recursive: true }));
  return join(directory, 'lock.db');
}

test('a second holder is refused until the first lets go', async (t) => {
  const file = await lockFile(t);
  const first = acquireStateLock(file);
  assert.ok(first);
  assert.equal(acquireStateLock(file), undefined);
  first.release();
  const second = acquireStateLock(file);
  assert.ok(second);
  second.release();
});

test('a killed holder leaves no lock behind', async (t) => {
  const file = await lockFile(t);
  const url = new URL('./state-lock.ts', import.meta.url).href;
  const script = `import { acquireStateLock } from ${JSON.stringify(url)};
    globalThis.held = acquireStateLock(${JSON.stringify(file)}); console.log('held'); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  assert.equal(acquireStateLock(file), undefined);
  child.kill('SIGKILL');
  await once(child, 'exit');
  const after = acquireStateLock(file);
  assert.ok(after);
  after.release();
});

test('a damaged lock file is named', async (t) => {
  const file = await lockFile(t);
  await writeFile(file, 'x'.repeat(5000));
  assert.throws(() => acquireStateLock(file), new RegExp(`lock file ${file} cannot be used`));
});
