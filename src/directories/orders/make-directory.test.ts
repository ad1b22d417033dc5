import assert from 'node:assert/strict';
import { chmodSync, lstatSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import {
  createFakeQuota,
  makeOrder,
  openTestWorkplace,
  type TestWorkplace,
} from '../testing/test-workplace.ts';
import { makeDirectory } from './make-directory.ts';
import { removeVolume } from './remove-directory.ts';
import { findVolume } from './resize-directory.ts';

let place: TestWorkplace;
beforeEach(() => {
  place = openTestWorkplace();
});
afterEach(() => place.close());

const inside = (path: string) => join(place.root, path);
const refusal = (message: RegExp, code = 'already-exists') => ({ code, message });

test('the directory has the mode and owner that were asked for, whatever the umask; what lies between is root’s', async () => {
  const umask = process.umask(0o077);
  try {
    await makeDirectory(place, makeOrder({ mode: 0o2775, uid: 1001, gid: 1002 }));
  } finally {
    process.umask(umask);
  }
  const { mode, uid, gid } = lstatSync(inside('claims/team/data'));
  assert.deepEqual([mode & 0o7777, uid, gid], [0o2775, 1001, 1002]);
  assert.equal(lstatSync(inside('claims/team')).mode & 0o7777, 0o755);
  assert.equal(lstatSync(inside('.berth')).mode & 0o7777, 0o700);
});

test('made again it is the same directory with the same record, and what users changed stays', async () => {
  const first = await makeDirectory(place, makeOrder());
  writeFileSync(inside('claims/team/data/file'), '');
  chmodSync(inside('claims/team/data'), 0o700);
  assert.deepEqual(await makeDirectory(place, makeOrder({ capacityBytes: 5n })), first);
  assert.equal(lstatSync(inside('claims/team/data')).mode & 0o777, 0o700);
  assert.deepEqual(findVolume(place, 'pvc-1'), first);
});

test('a directory that another volume uses is refused: the same, one above, one below', async () => {
  await makeDirectory(place, makeOrder());
  const before = place.snapshot();
  for (const path of ['team/data', 'team', 'team/data/below'])
    await assert.rejects(
      makeDirectory(place, makeOrder({ volume: 'pvc-2', path })),
      refusal(/pvc-1|nothing proves/),
    );
  assert.deepEqual(place.snapshot(), before);
});

test('a directory that was there before is nobody’s to take, empty or not', async () => {
  mkdirSync(inside('claims/team/data'), { recursive: true });
  await assert.rejects(makeDirectory(place, makeOrder()), refusal(/nothing proves that Berth made it/));
  assert.equal(findVolume(place, 'pvc-1'), undefined);
});

test('a file or a link on the way is refused, and where a link leads nothing is made', async () => {
  mkdirSync(inside('elsewhere'));
  mkdirSync(inside('claims'));
  symlinkSync('../elsewhere', inside('claims/team'));
  await assert.rejects(
    makeDirectory(place, makeOrder()),
    refusal(/symbolic link or a file/, 'failed-precondition'),
  );
  rmSync(inside('claims/team'));
  symlinkSync('../elsewhere', inside('claims/data'));
  await assert.rejects(makeDirectory(place, makeOrder({ path: 'data' })), refusal(/nothing proves/));
  assert.deepEqual(
    place.snapshot().filter((line) => line.startsWith('elsewhere/')),
    [],
  );
});

test('records that somebody else could have written prove nothing', async () => {
  mkdirSync(inside('.berth'), { mode: 0o777 });
  chmodSync(inside('.berth'), 0o777);
  await assert.rejects(
    makeDirectory(place, makeOrder()),
    refusal(/not a directory of root alone/, 'failed-precondition'),
  );
});

test('two volumes never share a project, also where their names lead to the same id', async () => {
  const first = await makeDirectory(place, makeOrder());
  assert.ok(first.projectId);
  assert.equal(place.quota.limits.get(first.projectId), 1_048_576n);
  const again = openTestWorkplace(place.quota);
  try {
    const other = await makeDirectory(again, makeOrder());
    assert.equal(other.projectId, first.projectId + 1, 'the file system’s own books count as well');
  } finally {
    again.close();
  }
});

test('without project quota a volume has no limit, or is refused where the class requires one', async () => {
  const without = openTestWorkplace(createFakeQuota('lfs is not installed'));
  try {
    await assert.rejects(
      makeDirectory(without, makeOrder({ quota: 'lustre-project' })),
      refusal(/"required" and cannot be had: lfs is not installed/, 'failed-precondition'),
    );
    assert.deepEqual(
      without.snapshot().filter((line) => line.includes('pvc-1')),
      [],
    );
    assert.equal((await makeDirectory(without, makeOrder())).projectId, undefined);
  } finally {
    without.close();
  }
});

test('a name whose data was kept is not given to another volume', async () => {
  await makeDirectory(place, makeOrder({ onDelete: 'retain' }));
  await removeVolume(place, 'pvc-1');
  await assert.rejects(
    makeDirectory(place, makeOrder()),
    refusal(/was deleted and its data kept in "claims\/team\/data"/),
  );
});
