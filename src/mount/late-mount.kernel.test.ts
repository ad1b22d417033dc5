import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Clock, systemClock } from '../async/clock.ts';
import type { VolumeMounter } from '../csi/driver.ts';
import { silentLog } from '../telemetry/log.ts';
import type { RunCommand } from './command.ts';
import { createMounts } from './create-mounts.ts';
import { createRunCommand } from './run-command.ts';
import { publishTo, testCall, tmpfsPlan } from './testing/kernel-calls.ts';
import { mountsAt } from './testing/mounts-at.ts';
import { inOwnMountNamespace } from './testing/own-mount-namespace.ts';
import { until } from './testing/until.ts';

const mounter: VolumeMounter = { plan: () => tmpfsPlan() };
const call = testCall();
const kernel = createRunCommand({ termGraceMs: 50, killGraceMs: 50 });
/** Ten times faster, so that a test sees several looks of the background in a second. */
const fastClock: Clock = {
  now: systemClock.now,
  sleep: (milliseconds, signal) => systemClock.sleep(milliseconds / 10, signal),
};

type Four = [string, string, string, string];

inOwnMountNamespace(import.meta.filename, () => {
  const directory = mkdtempSync(join(tmpdir(), 'berth-late-'));
  test.after(() => rmSync(directory, { recursive: true }));
  let count = 0;

  /**
   * A node whose mount helper, like mount.lustre with an MGS that does not answer, survives its kill for as long as the
   * file `hang` exists, and then runs `script` with mount's arguments. `first` runs before it hangs.
   */
  function stuckNode(script: string, mountTimeoutMs = 300, first = ':') {
    const base = join(directory, `${++count}`);
    const [hang, begun, over, target] = ['hang', 'begun', 'over', 'target'].map((name) =>
      join(base, name),
    ) as Four;
    const paths = { hang, begun, over, target };
    mkdirSync(base);
    writeFileSync(hang, '');
    const helper = `${first}; : > ${begun}; while [ -e ${hang} ]; do sleep 0.02; done; ${script}; : > ${over}`;
    const run: RunCommand = (command) => {
      if (command.program !== 'mount' || !existsSync(hang)) return kernel(command);
      const args = ['-c', `setsid sh -c '${helper}' sh "$@" & wait`, 'sh', ...command.args];
      return kernel({ ...command, program: 'sh', args });
    };
    const plugin = () => createMounts({ run, log: silentLog, clock: fastClock, mountTimeoutMs });
    const mounts = plugin();
    return {
      ...paths,
      mounts,
      /** A plugin that was started anew and knows nothing of the helper. */
      restarted: plugin,
      publish: () => mounts.publish(mounter, tmpfsPlan(), publishTo(target), call),
      async release() {
        rmSync(hang);
        await until(() => existsSync(over));
      },
    };
  }
  const hung = { code: 'unavailable', message: /Could not mount .*: mount did not end in time; check that/ };

  test('a mount that does not end answers in time, retryably, and cannot arrive later', async () => {
    const node = stuckNode('mount "$@"');
    await assert.rejects(node.publish(), hung);
    assert.equal(existsSync(node.target), false);
    await node.release();
    assert.deepEqual(mountsAt(node.target), []);
    await node.publish();
    assert.equal(mountsAt(node.target).length, 1);
    await node.mounts.unpublish(node.target, call);
  });

  test('a mount that arrives after all is undone', async () => {
    const arrived = join(directory, 'arrived');
    const node = stuckNode(`mkdir -p ${join(directory, '2', 'target')} && mount "$@" && : > ${arrived}`);
    await assert.rejects(node.publish(), hung);
    await node.release();
    assert.ok(existsSync(arrived));
    await until(() => mountsAt(node.target).length === 0 && !existsSync(node.target));
  });

  test('while the helper is stuck no second one is started; what it has mounted meanwhile is adopted', async () => {
    const go = join(directory, 'go');
    const ended = `while [ ! -e ${go} ]; do sleep 0.02; done`;
    const node = stuckNode(
      `mkdir -p ${join(directory, '3', 'target')} && mount "$@"; : > ${go}-mounted; ${ended}`,
    );
    await assert.rejects(node.publish(), hung);
    await assert.rejects(node.publish(), {
      code: 'aborted',
      message: /an earlier mount of it is still stuck/,
    });
    rmSync(node.hang);
    await until(() => existsSync(`${go}-mounted`));
    // Adopted, or undone by the background a moment before and mounted anew: either way it stands, once.
    await node.publish();
    writeFileSync(go, '');
    await until(() => existsSync(node.over));
    await node.publish();
    assert.equal(mountsAt(node.target).length, 1);
    await node.mounts.unpublish(node.target, call);
  });

  test('after an unpublish a stuck helper has nowhere to mount', async () => {
    const node = stuckNode('mount "$@"');
    await assert.rejects(node.publish(), hung);
    await node.mounts.unpublish(node.target, call);
    await node.release();
    assert.deepEqual([mountsAt(node.target), existsSync(node.target)], [[], false]);
  });

  for (const [what, remount] of [
    ['unpublish', false],
    ['publish', true],
  ] as const)
    test(`a plugin that was restarted and asked to ${what} leaves a stuck helper of before nowhere to mount`, async () => {
      // As the kernel does, the helper has looked the target up before it hangs, and mounts what it has in its hand.
      const node = stuckNode(
        'mount --no-canonicalize -t tmpfs late .',
        60_000,
        'for last; do :; done; cd "$last"',
      );
      // The first plugin is never heard of again; it has cleaned up nothing, as after kill -9.
      void node.mounts.publish(mounter, tmpfsPlan(), publishTo(node.target), call).catch(() => {});
      await until(() => existsSync(node.begun));
      const after = node.restarted();
      if (remount) {
        // The new plugin's own helper does not hang.
        const publish = after.publish(mounter, tmpfsPlan(), publishTo(node.target), call);
        await node.release();
        await publish;
      } else {
        await after.unpublish(node.target, call);
        await node.release();
      }
      assert.equal(mountsAt(node.target).length, remount ? 1 : 0);
      await after.unpublish(node.target, call);
      assert.deepEqual([mountsAt(node.target), existsSync(node.target)], [[], false]);
    });

  test('a caller that gives up gets an answer at once, and nothing stays', async () => {
    const node = stuckNode('mount "$@"', 60_000);
    const abort = new AbortController();
    const stopped = testCall({ signal: abort.signal });
    const publish = node.mounts.publish(mounter, tmpfsPlan(), publishTo(node.target), stopped);
    await until(() => existsSync(node.begun));
    abort.abort();
    await assert.rejects(publish, { code: 'aborted', message: /the caller gave up waiting/ });
    assert.equal(existsSync(node.target), false);
    await node.release();
  });
});
