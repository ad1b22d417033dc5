import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { createFakeClock } from '../../../async/testing/fake-clock.ts';
import { StateFileError } from './migrations.ts';
import { type Change, type ObjectStore, openObjectStore, parseEntry } from './object-store.ts';

let directory: string;
let file: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'berth-store-'));
  file = join(directory, 'state.db');
});
afterEach(() => rmSync(directory, { recursive: true }));

const clock = createFakeClock();
const open = (logLength?: number): ObjectStore =>
  openObjectStore({
    file,
    clock,
    selectable: () => ['metadata.name', 'spec.nodeName'],
    indexed: () => ['spec.nodeName'],
    ...(logLength === undefined ? {} : { logLength }),
  });

const pod = (name: string, nodeName = '', namespace = 'default') => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace, labels: { name } },
  spec: { nodeName },
});
const names = (entries: Iterable<{ readonly name: string }>) => [...entries].map(({ name }) => name);

describe('the object store', () => {
  test('every change has a higher resourceVersion, also after a restart', () => {
    let store = open();
    const first = store.put('/pods', pod('a'));
    const second = store.put('/pods', pod('a', 'node'));
    assert.ok(second.revision > first.revision);
    assert.equal(parseEntry(second).metadata.resourceVersion, String(second.revision));
    const removed = store.remove(second);
    store.close();
    store = open();
    assert.equal(store.revision(), removed.revision);
    assert.ok(store.put('/pods', pod('b')).revision > removed.revision);
    store.close();
  });

  test('lists in order of namespace and name, and looks up by indexed fields', () => {
    const store = open();
    for (const one of [pod('b', 'n1'), pod('a', 'n2'), pod('c', 'n1', 'another')]) store.put('/pods', one);
    assert.deepEqual(names(store.list('/pods', undefined)), ['c', 'a', 'b']);
    assert.deepEqual(names(store.list('/pods', 'default')), ['a', 'b']);
    assert.deepEqual(names(store.lookup('/pods', 'spec.nodeName', 'n1') ?? []).sort(), ['b', 'c']);
    store.put('/pods', pod('b', 'n2'));
    assert.deepEqual(names(store.lookup('/pods', 'spec.nodeName', 'n1') ?? []), ['c']);
    assert.equal(store.lookup('/pods', 'status.phase', 'x'), undefined);
    store.close();
  });

  test('changes can be read from any version that is not forgotten, also after a restart', () => {
    let store = open(3);
    const start = store.revision();
    const revisions = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => store.put('/pods', pod(name)).revision);
    const [, , third = 0, fourth = 0] = revisions;
    assert.equal(store.changesSince('/pods', start), undefined, 'forgotten');
    assert.deepEqual(names((store.changesSince('/pods', fourth) ?? []).map(({ entry }) => entry)), [
      'e',
      'f',
    ]);
    assert.deepEqual(store.changesSince('/secrets', third), []);
    store.close();
    store = open(3);
    assert.equal(store.changesSince('/pods', start), undefined);
    assert.deepEqual(names((store.changesSince('/pods', third) ?? []).map(({ entry }) => entry)), [
      'd',
      'e',
      'f',
    ]);
    store.close();
  });

  test('objects expire by age and by number, and watches are told', () => {
    const store = open();
    const changes: Change[] = [];
    store.put('/events', pod('old'));
    const later = clock.now() + 1;
    void clock.advance(1);
    store.onChange((change) => void changes.push(change));
    store.expire('/events', later, 10);
    assert.deepEqual(
      changes.map(({ type, entry }) => [type, entry.name]),
      [['DELETED', 'old']],
    );
    for (const name of ['x', 'y', 'z']) store.put('/events', pod(name));
    store.expire('/events', 0, 2);
    assert.equal(store.list('/events', undefined).length, 2);
    store.close();
  });

  test('what was stored before a kill -9 is there afterwards', { timeout: 20_000 }, async () => {
    const script = `
      import { openObjectStore } from ${JSON.stringify(new URL('object-store.ts', import.meta.url).href)};
      const store = openObjectStore({ file: ${JSON.stringify(file)}, clock: { now: () => 0 }, selectable: () => [], indexed: () => [] });
      for (let i = 0; ; i++) {
        store.put('/pods', { metadata: { name: 'p' + i, namespace: 'default' } });
        // Waits for the pipe: in a loop without a pause nothing beyond its buffer would ever be written.
        await new Promise((written) => process.stdout.write(i + '\\n', written));
      }`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.setEncoding('utf8');
    child.stdout.on('data', (chunk: string) => {
      output += chunk;
      if (output.split('\n').length > 300) child.kill('SIGKILL');
    });
    await once(child, 'close');
    const acknowledged = output.split('\n').slice(0, -1).map(Number);
    assert.ok(acknowledged.length >= 300);
    const store = open();
    for (const index of acknowledged)
      assert.ok(store.get('/pods', 'default', `p${index}`), `p${index} is lost`);
    store.close();
  });
});

describe('the state file', () => {
  const refusal = () => {
    try {
      open().close();
    } catch (error) {
      if (error instanceof StateFileError) return error.message;
      throw error;
    }
    return assert.fail('opened');
  };

  test('of a newer Berth is refused with both versions', () => {
    open().close();
    const database = new DatabaseSync(file);
    database.exec('PRAGMA user_version = 99');
    database.close();
    assert.match(
      refusal(),
      /has schema version 99, this Berth knows versions up to \d+: use the Berth that wrote it/,
    );
  });

  test('that is no database is refused and left as it is', () => {
    writeFileSync(file, 'not a database, but long enough to be taken for one'.repeat(50));
    assert.match(refusal(), /is not a Berth state file/);
  });

  test('of a running server is refused', () => {
    const store = open();
    assert.match(refusal(), /is in use by another process/);
    store.close();
  });
});
