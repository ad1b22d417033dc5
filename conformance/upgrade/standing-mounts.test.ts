import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { after, before, suite, test } from 'node:test';
import { inOwnMountNamespace } from '../../src/mount/testing/own-mount-namespace.ts';
import { type NodeWorld, openNodeWorld, sourceOf } from '../testing/node-world.ts';

inOwnMountNamespace(import.meta.filename, () => {
  suite('mounts of pods that go on running while the driver is replaced', () => {
    let world: NodeWorld;
    before(async () => {
      world = await openNodeWorld();
    });
    after(() => world.close());

    /** The command by which upstream mounts; `--no-mtab` and the order of options are its own. */
    const mountAsUpstream = async (...options: string[]) => {
      await mkdir(world.target, { recursive: true, mode: 0o775 });
      const flags = options.length === 0 ? [] : ['-o', options.join(',')];
      const args = ['--no-mtab', '-t', 'lustre', ...flags, sourceOf(''), world.target];
      execFileSync(world.mountProgram, args);
    };
    const mountIds = () => world.mountsAtTarget().map(({ id }) => id);

    test('upstream’s mount is taken for published, and unpublished here', async () => {
      await mountAsUpstream('noatime', 'flock');
      const before = mountIds();
      await world.restart();
      await world.publish('');
      assert.deepEqual([mountIds(), world.steps()], [before, []]);
      await world.stats();
      await world.unpublish();
      assert.deepEqual([world.mountsAtTarget(), existsSync(world.target)], [[], false]);
    });

    test('upstream’s mount is unpublished by a plugin that never saw its publish', async () => {
      await mountAsUpstream('noatime');
      await world.restart();
      await world.unpublish();
      assert.deepEqual([world.mountsAtTarget(), existsSync(world.target)], [[], false]);
    });

    test('a mount of Berth is what upstream would have made, so that it may take over', async () => {
      await world.restart();
      await world.publish('');
      const [mount] = world.mountsAtTarget();
      assert.deepEqual([mount?.source, mount?.root], [sourceOf(''), '/']);
      assert.ok(mount?.options.includes('noatime'));
      // Upstream unmounts by the path alone.
      execFileSync('umount', [world.target]);
      await world.unpublish();
      assert.equal(existsSync(world.target), false);
    });
  });
});
