import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { ProgramMissingError } from '../../mount/run-command.ts';
import { createFakeRunCommand } from '../../mount/testing/fake-run-command.ts';
import { projectIdsFor } from './project-id.ts';
import { createProjectQuota, quotaNumbers } from './project-quota.ts';

describe('what lfs is told', () => {
  test('a directory becomes a project’s, with a limit in whole KiB', async () => {
    const lfs = createFakeRunCommand();
    const quota = createProjectQuota(lfs.run, '/mnt');
    await quota.assign(1_000_007, '/mnt/claims/a b');
    await quota.limit(1_000_007, 1_025n);
    await quota.limit(1_000_007, 0n);
    assert.deepEqual(
      lfs.commands.map(({ args }) => args),
      [
        ['project', '-s', '-p', '1000007', '-r', '/mnt/claims/a b'],
        ['setquota', '-p', '1000007', '-B', '2K', '/mnt'],
        ['setquota', '-p', '1000007', '-B', '0K', '/mnt'],
      ],
    );
  });

  test('what fails is tried again, with what lfs printed', async () => {
    const failing = createFakeRunCommand(() => ({ exitCode: 1, stderr: 'Operation not permitted\n' }));
    await assert.rejects(createProjectQuota(failing.run, '/mnt').limit(7, 1n), {
      code: 'unavailable',
      message: /setquota.*: Operation not permitted$/,
    });
    const hung = createFakeRunCommand(() => ({ timedOut: true }));
    await assert.rejects(createProjectQuota(hung.run, '/mnt').limit(7, 1n), { message: /does not answer/ });
  });
});

describe('whether there is project quota', () => {
  test('not without lfs, and not where the file system refuses; the reason is kept', async () => {
    const missing = createProjectQuota(() => Promise.reject(new ProgramMissingError('lfs')), '/mnt');
    assert.match((await missing.missing()) ?? '', /lustre-client-utils/);
    const refused = createFakeRunCommand(() => ({ exitCode: 95, stderr: 'Operation not supported' }));
    assert.match((await createProjectQuota(refused.run, '/mnt').missing()) ?? '', /not supported/);
    assert.equal(await createProjectQuota(createFakeRunCommand().run, '/mnt').missing(), undefined);
  });

  test('an id is somebody’s where it has files or a limit, and where lfs’ answer cannot be read', async () => {
    const isTaken = (stdout: string) =>
      createProjectQuota(createFakeRunCommand(() => ({ stdout })).run, '/mnt').isTaken(7);
    assert.equal(
      await isTaken('           /mnt       0       0       0       -       0       0       0       -\n'),
      false,
    );
    assert.equal(
      await isTaken('           /mnt       4       0       0       -       1       0       0       -\n'),
      true,
    );
    assert.equal(
      await isTaken('           /mnt       0       0   20480       -       0       0       0       -\n'),
      true,
    );
    assert.equal(
      await isTaken('           /mnt   20481*      0   20480       -       1       0       0       -\n'),
      true,
    );
    assert.equal(await isTaken('quotas are off'), true);
    assert.deepEqual(quotaNumbers('/m n 1 2 3 - 4 5 6 -', '/m n'), [1n, 2n, 3n, 4n, 5n, 6n]);
  });
});

test('a volume’s ids are the same each time, all different, and none that people choose by hand', () => {
  fc.assert(
    fc.property(fc.string(), (volume) => {
      const ids = [...projectIdsFor(volume)];
      assert.deepEqual(ids, [...projectIdsFor(volume)]);
      assert.equal(new Set(ids).size, ids.length);
      assert.ok(ids.every((id) => id >= 1_000_000 && id < 2 ** 31));
    }),
  );
});
