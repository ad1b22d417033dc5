import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { WatchedCondition } from '../csi/driver.ts';
import { persistentVolumeClaims } from '../kube/resources.ts';
import { createWorld } from './testing/provisioner-world.ts';

/** A world with one bound claim, whose condition a test sets. */
async function watchedWorld(context: TestContext) {
  const world = createWorld(context);
  const cloud: { condition: WatchedCondition | undefined; looks: number; asked: unknown } = {
    condition: { abnormal: false, message: 'all is well' },
    looks: 0,
    asked: undefined,
  };
  world.start({
    healthIntervalMs: 60_000,
    progressIntervalMs: 1000,
    conditions: async (volumes) => {
      cloud.looks += 1;
      cloud.asked = volumes;
      return volumes.map(() => cloud.condition);
    },
  });
  world.addClaim();
  await world.settle();
  await world.settle(60_000);
  const told = () => world.told().filter((event) => event.startsWith('Volume') && !event.includes('Resize'));
  return { ...world, cloud, told };
}

test('a volume that is well is not spoken of; one that is not, on claim and PersistentVolume, once', async (context) => {
  const { cloud, told, settle } = await watchedWorld(context);
  assert.deepEqual(told(), []);
  assert.deepEqual((cloud.asked as { id: string }[]).length, 1);
  cloud.condition = { abnormal: true, message: 'one OST is away' };
  await settle(180_000);
  assert.deepEqual(told(), [
    'VolumeConditionAbnormal: one OST is away',
    'VolumeConditionAbnormal: one OST is away',
  ]);
  cloud.condition = { abnormal: false, message: 'all is well' };
  await settle(60_000);
  assert.deepEqual(told().slice(2), [
    'VolumeConditionNormal: all is well',
    'VolumeConditionNormal: all is well',
  ]);
});

test('what is done to a volume in use is looked at more often, and its end is told', async (context) => {
  const { cloud, told, settle } = await watchedWorld(context);
  const activity = { message: 'spreading the data', percent: 40, elapsedMs: 60_000, remainingMs: 90_000 };
  cloud.condition = { abnormal: false, message: 'ok', activity };
  await settle(60_000);
  const before = cloud.looks;
  await settle(5_000);
  assert.ok(cloud.looks >= before + 4, `${cloud.looks - before} looks in 5 s`);
  assert.ok(
    told().includes('VolumeActivity: spreading the data: 40 % (1 min 0 s), about 1 min 30 s left (estimate)'),
    told().join('\n'),
  );
  cloud.condition = { abnormal: false, message: 'ok' };
  await settle(2_000);
  assert.ok(told().includes('VolumeActivity: spreading the data: over'), told().join('\n'));
});

test('after a volume has grown there is a look at once', async (context) => {
  const { cloud, settle, cluster, claim } = await watchedWorld(context);
  const before = cloud.looks;
  const bound = claim();
  assert.ok(bound);
  const spec = { ...bound.spec, resources: { requests: { storage: '8Ti' } } };
  cluster.put(persistentVolumeClaims, { ...bound, spec });
  await settle(3_000);
  assert.ok(cloud.looks > before + 1, `${cloud.looks - before} looks`);
});

test('a cloud that does not answer is asked again and troubles nobody', async (context) => {
  const world = createWorld(context);
  let looks = 0;
  world.start({
    conditions: async () => {
      looks += 1;
      throw new Error('no answer');
    },
  });
  world.addClaim();
  await world.settle(700_000);
  assert.ok(looks >= 2);
  assert.ok(world.told().every((event) => !event.startsWith('VolumeCondition')));
});
