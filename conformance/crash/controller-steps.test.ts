import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { events, persistentVolumeClaims, storageClasses } from '../../src/kube/resources.ts';
import { bundleProgram } from '../testing/bundle-program.ts';
import { type ControllerWorld, openControllerWorld } from '../testing/controller-world.ts';
import { eventually } from '../testing/kubectl.ts';
import { lives, makeClaim, storageClassesOfLives } from './lives.ts';
import { blows, type CrashPoint, live } from './strike.ts';

suite('the controller struck at every request to Azure and every write to the API server', () => {
  const worlds: ControllerWorld[] = [];
  let bundle = '';
  before(async () => {
    bundle = await mkdtemp(join(tmpdir(), 'berth-crash-'));
    const program = await bundleProgram('controller', bundle);
    for (let count = 0; count < 4; count++) {
      const world = await openControllerWorld(program);
      worlds.push(world);
      for (const storageClass of storageClassesOfLives)
        await world.client.create(storageClasses, storageClass);
    }
  });
  after(async () => {
    await Promise.all(worlds.map((world) => world.close()));
    await rm(bundle, { recursive: true });
  });

  for (const life of lives) {
    test(`${life.name}: lived to its end, with nothing twice and nothing left`, async (t) => {
      const [first] = worlds;
      assert.ok(first);
      const undisturbed = await live(first, life).catch(async (error: unknown) => {
        throw new Error(`without a blow: ${await first.log()}`, { cause: error });
      });
      assert.deepEqual(
        [undisturbed.creations, undisturbed.expansions],
        [life.creations, life.expansions ?? 0],
      );
      const steps = [...undisturbed.steps].filter((step) => life.struckAt?.test(step) ?? true);
      for (const kind of life.mustHave)
        assert.ok(
          steps.some((step) => kind.test(step)),
          `${kind}: ${steps.join('\n')}`,
        );
      const points = steps.flatMap((step) => blows.map((blow): CrashPoint => ({ step, blow })));
      t.diagnostic(`${life.name}: ${steps.length} steps, ${points.length} points`);
      const work = async (world: ControllerWorld) => {
        for (let point = points.shift(); point !== undefined; point = points.shift()) {
          const what = `${point.blow} ${point.step}`;
          const story = await live(world, life, point).catch((error: unknown) => {
            throw new Error(what, { cause: error });
          });
          assert.ok(story.struck, what);
          assert.deepEqual([story.creations, story.expansions], [life.creations, life.expansions ?? 0], what);
          t.diagnostic(what);
        }
      };
      await Promise.all(worlds.map(work));
    });
  }

  test('before the PersistentVolume, and the claim deleted meanwhile: the file system stays and is told', async () => {
    const [world] = worlds;
    assert.ok(world);
    await world.restart();
    const killed = Promise.withResolvers<void>();
    world.watch(async (request, goOn) => {
      if (request.method !== 'POST' || !request.path.endsWith('/persistentvolumes')) return goOn();
      await world.kill();
      killed.resolve();
      throw new Error('this life has ended');
    });
    const { name = '', uid } = (await makeClaim(world)).metadata;
    await killed.promise;
    await world.client.delete(persistentVolumeClaims, { namespace: 'default', name });
    world.watch((_, goOn) => goOn());
    await world.restart();
    const told = await eventually(
      async () => (await world.client.list(events)).items.filter(({ reason }) => reason === 'VolumeOrphaned'),
      ({ length }) => length > 0,
    );
    assert.equal(told[0]?.involvedObject.name, name);
    assert.match(
      told[0]?.message ?? '',
      new RegExp(`az amlfs delete --resource-group \\S+ --name pvc-${uid};`),
    );
    assert.deepEqual(await world.fileSystems(), [`pvc-${uid}`]);
  });
});
