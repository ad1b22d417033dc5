import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { systemClock } from '../../src/async/clock.ts';
import { inOwnMountNamespace } from '../../src/mount/testing/own-mount-namespace.ts';
import { setLustreFaults } from '../../src/sandbox/lustre/lustre-faults.ts';
import { eventually } from '../testing/kubectl.ts';
import {
  type NodeCrashPoint,
  type NodeWorld,
  nodeBlows,
  openNodeWorld,
  sourceOf,
} from '../testing/node-world.ts';

const subDir = 'projects/a';

inOwnMountNamespace(
  import.meta.filename,
  () => {
    suite('the node plugin struck at every program it starts, and killed while a mount hangs', () => {
      let world: NodeWorld;
      let lives = 0;
      before(async () => {
        world = await openNodeWorld();
      });
      after(() => world.close());

      /** As kubelet does: again until it succeeds, with a new plugin where the old one died. */
      async function insist(call: (options: { signal: AbortSignal }) => Promise<unknown>): Promise<void> {
        for (let tries = 1; ; tries++) {
          const givesUp = new AbortController();
          const done = new AbortController();
          void world.waiting(done.signal).then(() => givesUp.abort());
          try {
            await call({ signal: givesUp.signal });
            return;
          } catch (error) {
            assert.ok(tries < 200, String(error));
            await systemClock.sleep(20);
            if (givesUp.signal.aborted) world.resume();
            if (world.isDead()) await world.restart();
          } finally {
            done.abort();
          }
        }
      }
      const publish = (path = subDir) => insist((options) => world.publish(path, options));
      const unpublish = () => insist((options) => world.unpublish(options));

      function assertPublished(what: string, path = subDir): void {
        const [mount, ...others] = world.mountsAtTarget();
        assert.deepEqual([mount?.source, others.length], [sourceOf(path), 0], what);
      }

      async function assertNothingLeft(what: string): Promise<void> {
        assert.deepEqual(world.mountsAtTarget(), [], what);
        assert.equal(existsSync(world.target), false, what);
        const left = await eventually(world.scratch, ({ length }) => length === 0, 10_000).catch(
          world.scratch,
        );
        assert.deepEqual(left, [], what);
      }

      /** A volume's whole life with a plugin that is struck at the point; returns the programs that were started. */
      async function live(path: string, point?: NodeCrashPoint): Promise<readonly string[]> {
        const file = join(path, `written-${++lives}`);
        await world.restart(point);
        await publish(path);
        assertPublished('published', path);
        writeFileSync(join(world.target, `written-${lives}`), 'kept');
        await insist((options) => world.stats(options));
        await publish(path);
        await unpublish();
        assert.equal(readFileSync(join(world.data, file), 'utf8'), 'kept');
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

      for (const { what, path, programs } of [
        { what: 'the root', path: '', programs: ['mount', 'stat', 'umount'] },
        {
          what: 'a sub-directory',
          path: subDir,
          programs: ['mount', 'realpath', 'mkdir', 'umount', 'mount', 'stat', 'umount'],
        },
      ])
        test(`${what}: published again it stands once, and unpublished nothing is left and no data lost`, async (t) => {
          const steps = await live(path);
          await assertNothingLeft('without a blow');
          assert.deepEqual(
            steps.map((line) => line.split(' ')[0]),
            programs,
          );
          const points = steps.flatMap((_, index) => nodeBlows.map((blow) => ({ step: index + 1, blow })));
          t.diagnostic(`${what}: ${steps.length} programs, ${points.length} points`);
          for (const point of points) {
            const line = (steps[point.step - 1] ?? '').replaceAll(world.stateDir, '');
            await live(path, point).catch((error: unknown) => {
              throw new Error(`${point.blow} ${line}`, { cause: error });
            });
            await assertNothingLeft(`${point.blow} ${line}`);
            t.diagnostic(`${point.blow} ${line}`);
          }
        });

      test('killed at any program of a publish, unpublish alone leaves nothing either', async (t) => {
        await world.restart();
        await world.publish(subDir);
        const programs = world.steps().length;
        await unpublish();
        t.diagnostic(`${programs} programs, ${2 * programs} points`);
        for (let step = 1; step <= programs; step++)
          for (const blow of ['killed before', 'killed after'] as const) {
            await world.restart({ step, blow });
            await world.publish(subDir).catch(() => {});
            await eventually(
              async () => world.isDead(),
              (dead) => dead,
            );
            await world.restart();
            await unpublish();
            await assertNothingLeft(`${blow} step ${step}`);
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
        await assert.rejects(world.publish('', { timeoutMs: 7_000 }), /Aborted|Unavailable|DeadlineExceeded/);
        assert.deepEqual(world.mountsAtTarget(), []);
        await setLustreFaults(world.stateDir, {});
        await unpublish();
        await assertNothingLeft('in the end');
      });
    });
  },
  600_000,
);
