import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeClock } from '../async/testing/fake-clock.ts';
import type { MountAtPath } from './mount-id.ts';
import { createMountTable } from './mount-table.ts';
import { createMountedAt } from './mounted-at.ts';

function kernel() {
  const clock = createFakeClock();
  const state = { source: 'first', id: 7, inode: '2', reads: 0, broken: false };
  const table = createMountTable(async () => {
    state.reads++;
    return `${state.id} 1 0:5 / /t rw - lustre ${state.source} rw\n`;
  });
  const look = (): MountAtPath =>
    state.broken
      ? { type: 'broken', errno: 'ENOTCONN' }
      : { type: 'mount', identity: { id: state.id, inode: state.inode } };
  const mounted = createMountedAt(table, clock, look);
  const source = async (fsType = 'lustre') => {
    const found = await mounted.find('/t', fsType);
    return found.type === 'mount' ? found.entry.source : found.type;
  };
  return { clock, state, mounted, source };
}

test('a mount that stands is read from the table once', async () => {
  const { state, source } = kernel();
  for (let again = 0; again < 10; again++) assert.equal(await source(), 'first');
  assert.equal(state.reads, 1);
});

for (const change of [{ id: 8 }, { inode: '3' }]) {
  test(`a mount with another ${Object.keys(change)[0]} is read anew at once`, async () => {
    const { state, source } = kernel();
    await source();
    Object.assign(state, { source: 'second', ...change });
    assert.equal(await source(), 'second');
  });
}

test('a mount swapped by hand that looks the same is noticed after ten seconds', async () => {
  const { clock, state, source } = kernel();
  await source();
  state.source = 'second';
  await clock.advance(10_000);
  assert.equal(await source(), 'second');
});

test('after this program mounts or unmounts there, the table is read again', async () => {
  const { mounted, state, source } = kernel();
  await source();
  state.source = 'second';
  mounted.forget('/t');
  assert.equal(await source(), 'second');
});

test('an NFS mount, whose server would be asked, is found in the table alone', async () => {
  const { state, mounted, source } = kernel();
  state.broken = true;
  assert.equal(await source('lustre'), 'broken');
  assert.equal(await source('nfs4'), 'first');
  assert.equal(await mounted.stands('/t', 'nfs4'), true);
  assert.equal(await mounted.stands('/t', 'lustre'), false);
});

test('mounts that keep changing while they are looked at end in a retryable error', async () => {
  const clock = createFakeClock();
  let id = 0;
  const table = createMountTable(async () => '');
  const mounted = createMountedAt(table, clock, () => ({
    type: 'mount',
    identity: { id: ++id, inode: undefined },
  }));
  await assert.rejects(mounted.find('/t', 'lustre'), { code: 'aborted' });
});
