import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { MountPlan, VolumeMounter } from '../csi/driver.ts';
import { silentLog } from '../telemetry/log.ts';
import { createMounts } from './create-mounts.ts';
import { createRunCommand } from './run-command.ts';
import { publishTo, testCall, tmpfsPlan } from './testing/kernel-calls.ts';
import { mountsAt } from './testing/mounts-at.ts';
import { inOwnMountNamespace } from './testing/own-mount-namespace.ts';

inOwnMountNamespace(import.meta.filename, () => {
  const mounts = createMounts({ run: createRunCommand(), log: silentLog });
  const call = testCall();
  const directory = mkdtempSync(join(tmpdir(), 'berth-objection-'));
  test.after(() => rmSync(directory, { recursive: true }));

  /** Objects to whatever has no `size=2048k`; preparing says which size there shall be. */
  function pickyMounter(size: string) {
    const asked: string[] = [];
    const mounter: VolumeMounter = {
      plan: () => tmpfsPlan(),
      prepare: async () => ({
        options: [`size=${size}`],
        keep: () => asked.push('keep'),
        undo: async () => void asked.push('undo'),
      }),
      objection: async (_: MountPlan, { superOptions }) =>
        superOptions.includes('size=2048k') ? undefined : `it has ${superOptions.join(',')}`,
    };
    return { asked, mounter };
  }

  test('options that preparing tells reach the mount, and what it made is kept', async () => {
    const target = join(directory, 'kept');
    const { asked, mounter } = pickyMounter('2m');
    await mounts.publish(mounter, tmpfsPlan(), publishTo(target), call);
    assert.ok(mountsAt(target)[0]?.superOptions.includes('size=2048k'));
    assert.deepEqual(asked, ['keep']);
    await mounts.unpublish(target, call);
  });

  test('a mount that its driver objects to is undone and refused with the reason', async () => {
    const target = join(directory, 'refused');
    const { asked, mounter } = pickyMounter('3m');
    await assert.rejects(mounts.publish(mounter, tmpfsPlan(), publishTo(target), call), {
      code: 'failed-precondition',
      message: /it has .*size=3072k/,
    });
    assert.deepEqual(mountsAt(target), []);
    assert.deepEqual(asked, ['undo']);
  });

  test('a mount that stands and is objected to is not taken for the volume', async () => {
    const target = join(directory, 'standing');
    const other: VolumeMounter = { plan: () => tmpfsPlan() };
    await mounts.publish(other, tmpfsPlan({ options: ['size=4m'] }), publishTo(target), call);
    await assert.rejects(mounts.publish(pickyMounter('2m').mounter, tmpfsPlan(), publishTo(target), call), {
      code: 'aborted',
      message: /it has .*size=4096k/,
    });
    await mounts.unpublish(target, call);
  });

  test('a source that the mount helper replaces is looked for by the name it gets', async () => {
    const target = join(directory, 'replaced');
    const plan = tmpfsPlan({ source: '127.0.0.1:/' });
    const mounter: VolumeMounter = { plan: () => plan };
    await mounts.publish(mounter, plan, publishTo(target), call);
    await mounts.publish(
      mounter,
      { ...plan, source: 'fs-1:/', shownSource: '127.0.0.1:/' },
      publishTo(target),
      call,
    );
    assert.equal(mountsAt(target).length, 1);
    await mounts.unpublish(target, call);
  });
});
