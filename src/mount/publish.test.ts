import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { MountFailure, VolumeMounter } from '../csi/driver.ts';
import { CsiError } from '../csi/errors.ts';
import { silentLog } from '../telemetry/log.ts';
import { createMounts, type MountsOptions } from './create-mounts.ts';
import { createRunCommand } from './run-command.ts';
import { createFakeRunCommand } from './testing/fake-run-command.ts';
import { publishTo, testCall, tmpfsPlan } from './testing/kernel-calls.ts';
import { mountsAt } from './testing/mounts-at.ts';
import { inOwnMountNamespace } from './testing/own-mount-namespace.ts';
import { mount } from './testing/shell-mount.ts';
import { mountSilentFileSystem, noFuse } from './testing/silent-file-system.ts';

const kernel = createRunCommand({ termGraceMs: 100, killGraceMs: 100 });
const recorded = createFakeRunCommand(kernel);
const mountsWith = (options: Partial<MountsOptions> = {}) =>
  createMounts({ run: recorded.run, log: silentLog, ...options });
const mounts = mountsWith();
const call = testCall();

/** A mounter that records what is asked of it. */
function mounter(more: Partial<VolumeMounter> = {}) {
  const asked: string[] = [];
  const value: VolumeMounter = {
    plan: () => tmpfsPlan(),
    async prepare() {
      asked.push('prepare');
      return {
        undo: async () => {
          asked.push('undo');
        },
      };
    },
    ...more,
  };
  return { asked, value };
}

inOwnMountNamespace(import.meta.filename, () => {
  const directory = mkdtempSync(join(tmpdir(), 'berth-publish-'));
  test.after(() => rmSync(directory, { recursive: true }));
  let count = 0;
  /** A pod's target path, whose directories kubelet has not made. */
  const newTarget = () => join(directory, `pod-${++count}`, 'volume', 'mount');
  const publish = (target: string, plan = tmpfsPlan(), with_ = mounter().value, on = mounts) =>
    on.publish(with_, plan, publishTo(target), call);

  test('a volume is mounted at a target that is made for it, and unpublish leaves no trace', async () => {
    const target = newTarget();
    await publish(target, tmpfsPlan({ options: ['noexec', 'size=1m'], readonly: true }));
    const [entry, ...more] = mountsAt(target);
    assert.equal(more.length, 0);
    assert.equal(entry?.source, '10.0.0.4@tcp:/lustrefs/a b');
    assert.ok(entry?.options.includes('ro') && entry.options.includes('noexec'));
    assert.ok((await mounts.standing(call)).some((standing) => standing.target === target));
    await mounts.unpublish(target, call);
    assert.equal(existsSync(target), false);
    await mounts.unpublish(target, call);
  });

  test('a repeated publish runs no program and prepares nothing', async () => {
    const target = newTarget();
    await publish(target);
    const { length } = recorded.commands;
    const { asked, value } = mounter();
    for (let again = 0; again < 10; again++) await publish(target, tmpfsPlan(), value);
    assert.deepEqual([recorded.commands.length - length, asked, mountsAt(target).length], [0, [], 1]);
    await mounts.unpublish(target, call);
  });

  test('another mount at the target is refused with what differs, retryably so that it is unpublished, and stays', async () => {
    const target = newTarget();
    await publish(target);
    await assert.rejects(publish(target, tmpfsPlan({ readonly: true })), {
      code: 'aborted',
      message: /in use with something else: it is mounted read-write, not read-only/,
    });
    const other = { code: 'aborted', message: /is mounted there, not "10\.0\.0\.9/ };
    await assert.rejects(publish(target, tmpfsPlan({ source: '10.0.0.9@tcp:/fs' })), other);
    assert.equal(mountsAt(target).length, 1);
    await mounts.unpublish(target, call);
  });

  test('what is unpublished and published with other arguments is not taken for the old mount', async () => {
    const target = newTarget();
    await publish(target);
    await mounts.unpublish(target, call);
    await publish(target, tmpfsPlan({ source: 'other' }));
    await assert.rejects(publish(target), { code: 'aborted' });
    await mounts.unpublish(target, call);
  });

  test('a target below a symbolic link is mounted once and unmounted', async () => {
    symlinkSync(directory, join(directory, 'link'));
    const target = newTarget();
    const linked = target.replace(directory, join(directory, 'link'));
    for (let again = 0; again < 2; again++) await publish(linked);
    assert.equal(mountsAt(target).length, 1);
    await mounts.health(linked, call);
    await mounts.unpublish(linked, call);
    assert.equal(existsSync(target), false);
  });

  for (const name of ['two words', 'größe-日本', 'back\\slash', 'hash#1', 'tab\tline\nend', 'slash/'])
    test(`a target named ${JSON.stringify(name)} is recognised as mounted, and unmounted`, async () => {
      const target = join(directory, `pod-${++count}`, name);
      const kernelName = target.replace(/\/$/, '');
      for (let again = 0; again < 2; again++) await publish(target);
      assert.equal(mountsAt(kernelName).length, 1);
      assert.equal((await mounts.health(target, call)).stats.bytes.total, 2n ** 20n);
      await mounts.unpublish(target, call);
      assert.equal(existsSync(target), false);
    });

  test('two hundred volumes mounted at once all stand, and all go at once', async () => {
    const targets = Array.from({ length: 200 }, newTarget);
    await Promise.all(targets.map((target) => publish(target)));
    const standing = new Set((await mounts.standing(call)).map(({ target }) => target));
    assert.ok(targets.every((target) => standing.has(target)));
    await Promise.all(targets.map((target) => mounts.unpublish(target, call)));
    assert.equal(targets.filter((target) => existsSync(target)).length, 0);
  });

  test('a failed mount leaves nothing behind, takes the preparation back and says what mount said', async () => {
    const target = newTarget();
    const { asked, value } = mounter();
    await assert.rejects(publish(target, tmpfsPlan({ options: ['nonsense=1'] }), value), {
      code: 'internal',
      message: /^Could not mount "10\.0\.0\.4@tcp:\/lustrefs\/a b" at ".*": mount: .*bad option/s,
    });
    assert.deepEqual(asked, ['prepare', 'undo']);
    assert.equal(existsSync(target), false);
  });

  test("the driver's own words for a failure come first", async () => {
    const seen: MountFailure[] = [];
    const { value } = mounter({
      explainFailure(_, failure) {
        seen.push(failure);
        return { code: 'failed-precondition', message: 'the option is not known' };
      },
    });
    const refused = publish(newTarget(), tmpfsPlan({ options: ['nonsense=1'] }), value);
    await assert.rejects(refused, { code: 'failed-precondition', message: 'the option is not known' });
    assert.equal(seen[0]?.exitCode, 32);
  });

  test('a preparation that fails, or whose undoing fails, hides no error', async () => {
    const target = newTarget();
    const unreachable = new CsiError('failed-precondition', 'the MGS is not reachable');
    const failing = mounter({ prepare: () => Promise.reject(unreachable) }).value;
    await assert.rejects(publish(target, tmpfsPlan(), failing), unreachable);
    const undoFails = mounter({
      prepare: async () => ({ undo: () => Promise.reject(new Error('no')) }),
    }).value;
    const refused = publish(target, tmpfsPlan({ options: ['nonsense=1'] }), undoFails);
    await assert.rejects(refused, { message: /bad option/ });
    assert.equal(existsSync(target), false);
  });

  test('a mount that ends well and mounts nothing is an error', async () => {
    const target = newTarget();
    const lying = mountsWith({ run: createFakeRunCommand().run });
    const error = { code: 'internal', message: /code 0, and nothing is mounted/ };
    await assert.rejects(publish(target, tmpfsPlan(), mounter().value, lying), error);
    assert.equal(existsSync(target), false);
  });

  test('while something may still be mounted, the code is one that is tried again', async () => {
    const target = newTarget();
    const stubborn = mountsWith({
      run: async (command) => {
        const result = await kernel({
          ...command,
          program: command.program === 'umount' ? 'false' : command.program,
        });
        return command.program === 'mount' ? { ...result, exitCode: 5, stderr: 'lost' } : result;
      },
      unmountPolicy: { timeoutMs: 1_000, busyWaitsMs: [], lazy: false },
    });
    const error = { code: 'aborted', message: /lost; cleaning up failed: .*failed to unmount target/ };
    await assert.rejects(publish(target, tmpfsPlan(), mounter().value, stubborn), error);
    await mounts.unpublish(target, call);
  });

  test('files at a target that is not mounted stop the publish before anything is done', async () => {
    const target = newTarget();
    mkdirSync(target, { recursive: true });
    writeFileSync(join(target, 'data'), '');
    const { asked, value } = mounter();
    await assert.rejects(publish(target, tmpfsPlan(), value), {
      code: 'failed-precondition',
      message: /"data"/,
    });
    assert.deepEqual(asked, []);
  });

  test('a target that was there before, empty and with another mode, is used', async () => {
    const target = newTarget();
    mkdirSync(target, { recursive: true });
    chmodSync(target, 0o700);
    await publish(target);
    await mounts.unpublish(target, call);
    await publish(target, tmpfsPlan({ options: ['nonsense'] })).catch(() => {});
    assert.equal(statSync(join(target, '..')).isDirectory(), true);
  });

  test('target paths that are relative or the root are refused', async () => {
    for (const path of ['some/path', '/', '/..']) {
      await assert.rejects(publish(path), { code: 'invalid-argument', message: /must be absolute/ });
    }
  });

  test('statistics are those of the mount; where none is, the path is not found', async () => {
    const target = newTarget();
    await publish(target, tmpfsPlan({ options: ['size=8m', 'nr_inodes=100'] }));
    const { stats, condition } = await mounts.health(target, call);
    assert.equal(condition.abnormal, false);
    assert.equal(stats.bytes.total, 8n * 1024n * 1024n);
    assert.deepEqual(stats.inodes, { total: 100n, used: 1n, available: 99n });
    await mounts.unpublish(target, call);
    for (const path of [target, directory, 'some/path']) {
      await assert.rejects(mounts.health(path, call), { code: 'not-found' });
    }
  });

  test('a mount that somebody else made read-only is abnormal until it is as published again', async () => {
    const target = newTarget();
    await publish(target);
    assert.equal((await mounts.health(target, call)).condition.abnormal, false);
    mount('-o', 'remount,bind,ro', target);
    const { condition, stats } = await mounts.health(target, call);
    assert.match(condition.message, /not what was published: it is mounted read-only, not read-write/);
    assert.deepEqual([condition.abnormal, stats.bytes.total], [true, 2n ** 20n]);
    mount('-o', 'remount,bind,rw', target);
    assert.equal((await mounts.health(target, call)).condition.abnormal, false);
    await mounts.unpublish(target, call);
  });

  test('a hung file system holds up its own statistics only, and counts as published', {
    skip: noFuse,
  }, async () => {
    const [hung, well] = [newTarget(), newTarget()];
    mkdirSync(hung, { recursive: true });
    const silent = mountSilentFileSystem('server:/share', hung);
    const hasty = mountsWith({ run: kernel, statfsTimeoutMs: 2_000 });
    const polls = [1, 2, 3].map(() => hasty.health(hung, call));
    await publish(well);
    assert.ok(await hasty.health(well, call));
    const error = { code: 'unavailable', message: /has not answered .* check that its server is reachable/ };
    await Promise.all(polls.map((poll) => assert.rejects(poll, error)));
    await assert.rejects(hasty.health(hung, call), error);
    await publish(hung, tmpfsPlan({ source: 'server:/share' }), mounter().value, hasty);
    assert.equal(mountsAt(hung)[0]?.fsType, 'fuse');
    await Promise.all([hasty.unpublish(hung, call), hasty.unpublish(well, call)]);
    await silent.die();
  });

  test('a mount whose server is dead is mounted anew once its statistics have failed', {
    skip: noFuse,
  }, async () => {
    const target = newTarget();
    mkdirSync(target, { recursive: true });
    await mountSilentFileSystem('server:/share', target).die();
    await assert.rejects(mounts.health(target, call), { code: 'internal', message: /not connected/ });
    await publish(target, tmpfsPlan({ source: 'server:/share' }));
    assert.deepEqual(
      mountsAt(target).map((entry) => entry.fsType),
      ['tmpfs'],
    );
    await mounts.unpublish(target, call);
  });

  test('a mount that lies upon another goes with it', async () => {
    const target = newTarget();
    await publish(target);
    mount('-t', 'tmpfs', 'stray', target);
    await mounts.unpublish(target, call);
    assert.deepEqual(mountsAt(target), []);
  });
});
