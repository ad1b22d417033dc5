import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { createFakeClock } from '../../async/testing/fake-clock.ts';
import { makeOrder, openTestWorkplace, type TestWorkplace } from '../testing/test-workplace.ts';
import { makeDirectory } from './make-directory.ts';
import { removeVolume } from './remove-directory.ts';
import { removeUnrecorded, unsafeRemoval } from './remove-unrecorded.ts';

let place: TestWorkplace;
beforeEach(() => {
  place = openTestWorkplace();
});
afterEach(() => place.close());

const inside = (path: string) => join(place.root, path);
const data = 'claims/team/data';

describe('a volume of ours', () => {
  test('is gone with all that is in it, its quota and its record; the neighbour stays', async () => {
    const { projectId } = await makeDirectory(place, makeOrder());
    await makeDirectory(place, makeOrder({ volume: 'pvc-2', path: 'team/other' }));
    writeFileSync(inside('claims/team/other/file'), 'kept');
    mkdirSync(inside(`${data}/a/b`), { recursive: true });
    symlinkSync('../other', inside(`${data}/link`));
    assert.equal(await removeVolume(place, 'pvc-1'), true);
    assert.ok(!existsSync(inside(data)) && existsSync(inside('claims/team/other/file')));
    assert.equal(place.quota.limits.get(projectId ?? 0), 0n);
    assert.equal(place.snapshot().filter((line) => line.includes('pvc-1')).length, 0);
  });

  test('is kept where it is, or under another name, where its class says so', async () => {
    await makeDirectory(place, makeOrder({ onDelete: 'retain' }));
    await makeDirectory(place, makeOrder({ volume: 'pvc-2', path: 'two', onDelete: 'archive' }));
    writeFileSync(inside('claims/two/file'), '');
    for (let again = 0; again < 2; again++)
      for (const volume of ['pvc-1', 'pvc-2']) assert.equal(await removeVolume(place, volume), true);
    assert.deepEqual(readdirSync(inside('claims')).sort(), ['archived-pvc-2', 'team']);
    assert.ok(existsSync(inside(data)) && existsSync(inside('claims/archived-pvc-2/file')));
    // The archived one's path is free again, the retained one's is not.
    await makeDirectory(place, makeOrder({ volume: 'pvc-3', path: 'two' }));
    await assert.rejects(makeDirectory(place, makeOrder({ volume: 'pvc-4' })), { code: 'already-exists' });
  });

  test('nothing without a record is touched', async () => {
    mkdirSync(inside(data), { recursive: true });
    assert.equal(await removeVolume(place, 'pvc-1'), true);
    assert.ok(existsSync(inside(data)));
    assert.deepEqual(readdirSync(place.root), ['claims']);
  });

  test('what stands in its place and is no directory stays, with the reason', async () => {
    await makeDirectory(place, makeOrder());
    rmSync(inside(data), { recursive: true });
    symlinkSync('/', inside(data));
    await assert.rejects(removeVolume(place, 'pvc-1'), {
      code: 'failed-precondition',
      message: /symbolic link/,
    });
  });

  test('a removal that has had its turn goes on with the next; its path is free from the first', async () => {
    await makeDirectory(place, makeOrder());
    for (let count = 0; count < 10; count++) writeFileSync(inside(`${data}/${count}`), '');
    const clock = createFakeClock();
    const turn = () => place.through({ clock, turnEndsAt: clock.now() + 3, pace: () => clock.advance(1) });
    let turns = 1;
    for (; !(await removeVolume(turn(), 'pvc-1')); turns++) {
      assert.ok(!existsSync(inside(data)));
      assert.ok(turns < 10);
    }
    assert.ok(turns > 2, `${turns} turns`);
  });

  test('directories deeper than a path can be are removed as well', async () => {
    await makeDirectory(place, makeOrder());
    let deep = inside(data);
    const cwd = process.cwd();
    try {
      for (let level = 0; level < 40; level++) {
        process.chdir(deep);
        deep = 'd'.repeat(200);
        mkdirSync(deep);
      }
    } finally {
      process.chdir(cwd);
    }
    assert.equal(await removeVolume(place, 'pvc-1'), true);
    assert.deepEqual(readdirSync(inside('.berth/removing')), []);
  });
});

describe('a directory that a cloud made', () => {
  const order = {
    mount: makeOrder().mount,
    volume: 'fsap-1',
    base: 'claims',
    inUse: [],
  } as const;
  const remove = (path: string, inUse: string[] = []) => removeUnrecorded(place, { ...order, path, inUse });

  test('goes, and gone is success', async () => {
    mkdirSync(inside('claims/point/in'), { recursive: true });
    for (let again = 0; again < 2; again++) assert.equal(await remove('claims/point'), true);
    assert.deepEqual(readdirSync(inside('claims')), []);
  });

  test('stays where it is not below the base or another volume uses it', async () => {
    mkdirSync(inside('claims/point'), { recursive: true });
    await makeDirectory(place, makeOrder());
    await assert.rejects(remove('elsewhere'), { message: /not below the base path "\/claims"/ });
    await assert.rejects(remove('claims/point', ['/claims/point/in/']), { message: /another volume uses/ });
    await assert.rejects(remove(data), { code: 'failed-precondition', message: /directory of volume pvc-1/ });
    assert.ok(existsSync(inside('claims/point')) && existsSync(inside(data)));
    assert.ok(unsafeRemoval({ base: '', path: 'a', inUse: ['/'] }), 'whoever uses the root uses all');
  });

  test('behind a link nothing is removed', async () => {
    mkdirSync(inside('claims'));
    mkdirSync(inside('precious/point'), { recursive: true });
    symlinkSync('../precious', inside('claims/link'));
    await assert.rejects(remove('claims/link/point'), { message: /symbolic link/ });
    await assert.rejects(remove('claims/link'), { message: /symbolic link/ });
    assert.ok(existsSync(inside('precious/point')));
  });
});
