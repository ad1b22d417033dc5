import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { after, before, suite, test } from 'node:test';
import { systemClock } from '../../src/async/clock.ts';
import { inOwnMountNamespace } from '../../src/mount/testing/own-mount-namespace.ts';
import { setLustreFaults } from '../../src/sandbox/lustre/lustre-faults.ts';
import { eventually } from '../testing/kubectl.ts';
import { type NodeCrashPoint, type NodeWorld, openNodeWorld, sourceOf } from '../testing/node-world.ts';

const subDir = 'projects/a';

inOwnMountNamespace(import.meta.filename, () => {
  suite('the node plugin killed at every program it starts, and while a mount hangs', () => {
    let world: NodeWorld;
    before(async () => {
      world = await openNodeWorld();
    });
    after(() => world.close());

    /** As kubelet does: again until it succeeds, with a new plugin where the old one died. */
    async function insist(call: () => Promise<unknown>): Promise<void> {
      for (let tries = 1; ; tries++) {
        try {
          await call();
          return;
        } catch (error) {
          assert.ok(tries < 20, String(error));
          await systemClock.sleep(20);
          if (world.isDead()) await world.restart();
        }
      }
    }
    const publish = () => insist(() => world.publish(subDir));
    const unpublish = () => insist(() => world.unpublish());

    function assertPublished(what: string): void {
      const [mount, ...others] = world.mountsAtTarget();
      assert.deepEqual([mount?.source, others.length], [sourceOf(subDir), 0], what);
    }

    async function assertNothingLeft(what: string): Promise<void> {
      assert.deepEqual(world.mountsAtTarget(), [], what);
      assert.equal(existsSync(world.target), false, what);
      const left = await eventually(world.scratch, ({ length }) => length === 0, 10_000).catch(world.scratch);
      assert.deepEqual(left, [], what);
    }

    /** A volume's whole life with a plugin that dies at the point; returns the programs that were started. */
    async function live(point?: NodeCrashPoint): Promise<readonly string[]> {
      await world.restart(point);
      await publish();
      assertPublished('published');
      await insist(() => world.stats());
      await unpublish();
      return world.steps();
    }

    /** The plugin dies with a mount helper stuck in the kernel, and another one takes over. */
    async function killWhileMounting(path: string): Promise<void> {
      await world.restart();
      await setLustreFaults(world.stateDir, { hang: true });
      const hanging = assert.rejects(world.publish(path));
      await eventually(
        async () => world.steps(),
        ({ length }) => length === 1,
      );
      await world.kill();
      await hanging;
      await world.restart();
    }

    test('publish again mounts once, and unpublish leaves nothing', async (t) => {
      const steps = await live();
      await assertNothingLeft('without a kill');
      assert.deepEqual(
        steps.map((line) => line.split(' ')[0]),
        ['mount', 'realpath', 'mkdir', 'umount', 'mount', 'stat', 'umount'],
      );
      for (const [index, line] of steps.entries())
        for (const when of ['before', 'after'] as const) {
          const what = `killed ${when} ${line.replaceAll(world.stateDir, '')}`;
          await live({ step: index + 1, when });
          await assertNothingLeft(what);
          t.diagnostic(what);
        }
    });

    test('killed at any program of a publish, unpublish alone leaves nothing either', async () => {
      for (let step = 1; step <= 5; step++)
        for (const when of ['before', 'after'] as const) {
          await world.restart({ step, when });
          await world.publish(subDir).catch(() => {});
          await eventually(
            async () => world.isDead(),
            (dead) => dead,
          );
          await world.restart();
          await unpublish();
          await assertNothingLeft(`killed ${when} step ${step}`);
        }
    });

    test('killed while the mount hangs: the pod may go at once, and what mounts late finds no place', async () => {
      await killWhileMounting('');
      await world.unpublish();
      await setLustreFaults(world.stateDir, {});
      await systemClock.sleep(500);
      await assertNothingLeft('after the helper went on');
    });

    test('killed while the mount hangs: published again, it stands once', async () => {
      await killWhileMounting(subDir);
      await setLustreFaults(world.stateDir, {});
      await publish();
      assertPublished('after the helper went on');
      await unpublish();
      await assertNothingLeft('in the end');
    });

    test('SIGTERM while a slow mount is under way: it is finished, answered, and the exit code is 0', async () => {
      await world.restart();
      await setLustreFaults(world.stateDir, { delay: 1 });
      const publishing = world.publish('');
      await eventually(
        async () => world.steps(),
        ({ length }) => length === 1,
      );
      const code = world.terminate();
      await publishing;
      assert.equal(await code, 0);
      await setLustreFaults(world.stateDir, {});
      await world.restart();
      await world.publish('');
      assert.equal(world.mountsAtTarget().length, 1);
      await unpublish();
      await assertNothingLeft('in the end');
    });

    test('a caller that gives up on a hanging mount is answered, and nothing stays', async () => {
      await world.restart();
      await setLustreFaults(world.stateDir, { hang: true });
      await assert.rejects(world.publish('', 7_000), /Aborted|Unavailable|DeadlineExceeded/);
      assert.deepEqual(world.mountsAtTarget(), []);
      await setLustreFaults(world.stateDir, {});
      await unpublish();
      await assertNothingLeft('in the end');
    });
  });
});
