import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { CsiError } from '../csi/errors.ts';
import type { PersistentVolume } from '../kube/objects.ts';
import { persistentVolumes, secrets, storageClasses } from '../kube/resources.ts';
import { annotations, volumeFinalizer } from './names.ts';
import { createWorld, driverName, storageClass } from './testing/provisioner-world.ts';

/** A world in which the claim `data` has its volume. */
async function withBoundClaim(context: TestContext) {
  const world = createWorld(context);
  const life = world.start();
  world.addClaim();
  await world.settle();
  assert.equal(world.claim()?.status?.phase, 'Bound');
  return { ...world, life };
}

test('the volume goes when its claim goes, and nothing is left', async (context) => {
  const world = await withBoundClaim(context);
  await world.removeClaim();
  await world.settle();
  assert.equal(world.controller.deletes.length, 1);
  assert.equal(world.controller.volumes.size, 0);
  assert.equal(world.volume(), undefined);
});

test('with the policy Retain everything stays', async (context) => {
  const world = createWorld(context);
  world.cluster.put(storageClasses, { ...storageClass, reclaimPolicy: 'Retain' });
  world.start();
  world.addClaim();
  await world.settle();
  await world.removeClaim();
  await world.settle(600_000);
  assert.deepEqual(world.controller.deletes, []);
  assert.equal(world.volume()?.status?.phase, 'Released');
  assert.equal(world.volume()?.metadata.finalizers, undefined, 'so that a person can delete the object');
});

test('a PersistentVolume deleted before its claim still takes its volume along in the end', async (context) => {
  const world = await withBoundClaim(context);
  await world.cluster.client.delete(persistentVolumes, { name: world.volume()?.metadata.name ?? '' });
  await world.settle(60_000);
  assert.equal(world.controller.volumes.size, 1, 'in use');
  await world.removeClaim();
  await world.settle();
  assert.equal(world.controller.volumes.size, 0);
  assert.equal(world.volume(), undefined);
});

test('a failing delete is told on the PersistentVolume and repeated until it succeeds', async (context) => {
  const world = await withBoundClaim(context);
  world.controller.faults.beforeDelete = () => {
    throw new CsiError('failed-precondition', 'not ours: the ownership tag is missing');
  };
  await world.removeClaim();
  await world.settle(3_000);
  assert.equal(world.controller.deletes.length, 3);
  assert(
    world
      .told()
      .includes(
        'VolumeFailedDelete: rpc error: code = FailedPrecondition desc = not ours: the ownership tag is missing',
      ),
  );
  assert.notEqual(world.volume(), undefined);
  delete world.controller.faults.beforeDelete;
  await world.settle(4_000);
  assert.equal(world.volume(), undefined);
});

test('a volume that looks Released in an old copy and is Bound again is not deleted', async (context) => {
  const world = await withBoundClaim(context);
  const volume = world.volume();
  assert(volume);
  // Between the event and the read, somebody gives the volume to a claim again.
  world.cluster.intercept.before = ({ verb, resource, name }) => {
    if (verb === 'get' && resource === 'persistentvolumes' && world.cluster.find(persistentVolumes, { name }))
      world.cluster.put(persistentVolumes, { ...volume, status: { phase: 'Bound' } });
  };
  world.cluster.put(persistentVolumes, { ...volume, status: { phase: 'Released' } });
  await world.settle(60_000);
  assert.deepEqual(world.controller.deletes, []);
});

test('data that a second PersistentVolume leads to stays until that is gone', async (context) => {
  const world = await withBoundClaim(context);
  const handle = world.volume()?.spec.csi?.volumeHandle ?? '';
  const restored = { ...staticVolume(handle), metadata: { name: 'restored' } };
  world.cluster.put(persistentVolumes, { ...restored, status: { phase: 'Bound' } });
  await world.removeClaim();
  await world.settle(10_000);
  assert.deepEqual(world.controller.deletes, []);
  assert(world.told().some((text) => text.includes('PersistentVolume "restored" has the same volumeHandle')));
  world.cluster.put(persistentVolumes, { ...restored, status: { phase: 'Released' } });
  await world.cluster.client.delete(persistentVolumes, { name: 'restored' });
  await world.settle(60_000);
  assert.equal(world.controller.volumes.size, 0);
  assert.equal(world.volume(), undefined);
});

test('a volume in which another PersistentVolume lies stays until that is gone', async (context) => {
  const world = createWorld(context);
  world.start({ usedBy: async (_, others) => others.find(({ context: { within } }) => within === 'data') });
  world.addClaim();
  await world.settle();
  const inside = staticVolume('inside');
  world.cluster.put(persistentVolumes, {
    ...inside,
    spec: {
      ...inside.spec,
      csi: { driver: driverName, volumeHandle: 'x', volumeAttributes: { within: 'data' } },
    },
    status: { phase: 'Bound' },
  });
  await world.removeClaim();
  await world.settle(10_000);
  assert.deepEqual(world.controller.deletes, []);
  assert(world.told().some((text) => text.includes('PersistentVolume "inside" leads into its directory')));
  const kept = world.cluster.find(persistentVolumes, { name: 'inside' });
  world.cluster.put(persistentVolumes, { ...inside, ...kept, status: { phase: 'Released' } });
  await world.cluster.client.delete(persistentVolumes, { name: 'inside' });
  await world.settle(60_000);
  assert.equal(world.controller.volumes.size, 0);
});

test('the deletion secret is used, and its absence is no obstacle', async (context) => {
  const world = createWorld(context);
  world.start();
  const reference = { namespace: 'kube-system', name: 'creds' };
  world.cluster.put(secrets, { metadata: reference, data: { key: Buffer.from('hush').toString('base64') } });
  for (const [name, secret] of [
    ['with', 'creds'],
    ['without', 'gone'],
  ] as const)
    world.cluster.put(persistentVolumes, {
      ...staticVolume(name),
      metadata: {
        name,
        finalizers: [volumeFinalizer],
        annotations: {
          [annotations.provisionedBy]: driverName,
          [annotations.deletionSecretName]: secret,
          [annotations.deletionSecretNamespace]: 'kube-system',
        },
      },
      status: { phase: 'Released' },
    });
  await world.settle();
  const used = Object.fromEntries(
    world.controller.deletes.map((request) => [request.volumeId, request.secrets]),
  );
  assert.deepEqual(used, { with: { key: 'hush' }, without: {} });
});

function staticVolume(name: string): PersistentVolume {
  return {
    metadata: { name },
    spec: {
      persistentVolumeReclaimPolicy: 'Delete',
      csi: { driver: driverName, volumeHandle: name },
    },
  };
}

test('a hand-written volume is never deleted, and its object is not held back either', async (context) => {
  const world = createWorld(context);
  world.start();
  world.cluster.put(persistentVolumes, { ...staticVolume('mine'), status: { phase: 'Bound' } });
  await world.settle();
  const volume = () => world.cluster.find(persistentVolumes, { name: 'mine' });
  assert.deepEqual(volume()?.metadata.finalizers, [volumeFinalizer]);
  world.cluster.put(persistentVolumes, {
    ...staticVolume('mine'),
    ...volume(),
    status: { phase: 'Released' },
  });
  await world.settle(600_000);
  assert.notEqual(volume(), undefined);
  await world.cluster.client.delete(persistentVolumes, { name: 'mine' });
  await world.settle();
  assert.equal(volume(), undefined);
  assert.deepEqual(world.controller.deletes, []);
});
