import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MadeVolume } from '../csi/driver.ts';
import { CsiError } from '../csi/errors.ts';
import { events, persistentVolumes, storageClasses } from '../kube/resources.ts';
import { claim, createWorld, driverName, storageClass, type World } from './testing/provisioner-world.ts';

const madeFor = (name: string): MadeVolume => ({
  name: `pvc-uid-${name}`,
  description: `cluster of ${name}`,
  advice: 'remove it by hand',
  parameters: { 'csi.storage.k8s.io/pvc/name': name, 'csi.storage.k8s.io/pvc/namespace': 'ns' },
  isMeantBy: (volumeId) => volumeId === `id-of-pvc-uid-${name}`,
});

/** What the provisioner was asked for and has told when the cloud holds these volumes. */
async function told(world: World, ...volumes: MadeVolume[]) {
  const asked: unknown[] = [];
  const { stop, ended } = world.start({
    made: async (classes) => {
      asked.push(classes);
      return volumes;
    },
  });
  await world.settle();
  const orphaned = world.cluster.all(events).filter(({ reason }) => reason === 'VolumeOrphaned');
  return { asked, orphaned, stop, ended };
}

test('a volume whose claim was deleted while nobody watched is told where the claim was, and is kept', async (context) => {
  const world = createWorld(context);
  const { orphaned, asked } = await told(world, madeFor('lost'));
  assert.deepEqual(asked, [[storageClass.parameters]]);
  const [event] = orphaned;
  assert.equal(event?.type, 'Warning');
  assert.deepEqual(
    [
      event.involvedObject.kind,
      event.involvedObject.namespace,
      event.involvedObject.name,
      event.involvedObject.uid,
    ],
    ['PersistentVolumeClaim', 'ns', 'lost', 'uid-lost'],
  );
  assert.match(
    event.message ?? '',
    /leads to cluster of lost, which goes on costing money.*remove it by hand/,
  );
  assert.deepEqual(world.controller.deletes, []);
});

test('a volume with a claim, with a PersistentVolume, or with one under another name is nobody’s news', async (context) => {
  const world = createWorld(context);
  world.addClaim(claim('waiting', { storageClassName: 'gone' }));
  const csi = { driver: driverName, volumeHandle: 'id-of-pvc-uid-restored' };
  world.cluster.put(persistentVolumes, { metadata: { name: 'restored' }, spec: { csi } });
  world.cluster.put(persistentVolumes, {
    metadata: { name: 'pvc-uid-kept' },
    spec: { csi: { ...csi, volumeHandle: 'x' } },
  });
  const { orphaned } = await told(world, madeFor('waiting'), madeFor('restored'), madeFor('kept'));
  assert.deepEqual(orphaned, []);
});

test('a volume that is still being made for a deleted claim is no orphan', async (context) => {
  const world = createWorld(context);
  const { stop, ended } = await told(world);
  stop.abort();
  await ended;
  world.controller.faults.afterCreate = () => {
    throw new CsiError('deadline-exceeded', 'still being created');
  };
  let cloud: MadeVolume[] = [];
  world.start({ made: async () => cloud });
  world.addClaim();
  await world.settle();
  await world.removeClaim();
  cloud = [madeFor('data')];
  await world.settle(3_600_000);
  await world.settle();
  assert.deepEqual(
    world.told().filter((text) => text.startsWith('VolumeOrphaned')),
    [],
  );
});

test('it looks again every hour, and a cloud that does not answer disturbs nothing', async (context) => {
  const world = createWorld(context);
  let looks = 0;
  world.start({
    made: async () => {
      if (looks++ === 0) throw new CsiError('unavailable', 'no answer');
      return [madeFor('lost')];
    },
  });
  world.addClaim();
  await world.settle();
  assert.equal(world.claim()?.status?.phase, 'Bound');
  await world.settle(3_600_000);
  await world.settle();
  assert.equal(looks, 2);
  assert(world.told().some((text) => text.startsWith('VolumeOrphaned')));
});

test('without a class of this driver the cloud is not asked', async (context) => {
  const world = createWorld(context);
  world.cluster.put(storageClasses, { ...storageClass, provisioner: 'another' });
  assert.deepEqual((await told(world, madeFor('lost'))).asked, []);
});
