import assert from 'node:assert/strict';
import { statSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { openStateFile, StateFileError } from './state-file.ts';

async function stateFile(t: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'berth-state-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  return join(directory, 'cloud.db');
}

test('what was put is there after it is opened again, for its owner only', async (t) => {
  const file = await stateFile(t);
  const first = openStateFile(file);
  const settings = first.documents<string>('setting');
  settings.put('b', '2');
  settings.put('a', '1');
  settings.delete('b');
  first.close();
  const second = openStateFile(file);
  assert.deepEqual(second.documents('setting').entries(), [{ key: 'a', value: '1' }]);
  assert.deepEqual(second.documents('fault').all(), []);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  second.close();
});

test('a transaction that fails keeps nothing, an inner one belongs to the outer', async (t) => {
  const state = openStateFile(await stateFile(t));
  t.after(() => state.close());
  const settings = state.documents<string>('setting');
  assert.throws(() =>
    state.transaction(() => {
      state.transaction(() => settings.put('a', '1'));
      throw new Error('no');
    }),
  );
  assert.equal(settings.get('a'), undefined);
});

test('a file of a later version is refused and left alone', async (t) => {
  const file = await stateFile(t);
  openStateFile(file).close();
  const database = new DatabaseSync(file);
  database.exec('PRAGMA user_version = 99');
  database.close();
  assert.throws(
    () => openStateFile(file),
    (error) => error instanceof StateFileError && /written by a later version.*99/.test(error.message),
  );
});

test('a file of another program is refused', async (t) => {
  const file = await stateFile(t);
  const database = new DatabaseSync(file);
  database.exec('CREATE TABLE theirs (x); PRAGMA user_version = 1');
  database.close();
  assert.throws(
    () => openStateFile(file),
    (error) => error instanceof StateFileError && /another program/.test(error.message),
  );
  const text = `${file}.txt`;
  writeFileSync(text, 'no database'.repeat(100));
  assert.throws(
    () => openStateFile(text),
    (error) => error instanceof StateFileError && /no SQLite database/.test(error.message),
  );
});
