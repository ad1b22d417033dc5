import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { CsiError } from '../csi/errors.ts';
import { persistentVolumeClaims } from '../kube/resources.ts';
import { createWorld } from './testing/provisioner-world.ts';

/** A world in which the bound claim `data` of 4 TiB can be grown. */
async function withBoundClaim(context: TestContext) {
  const world = createWorld(context);
  world.start();
  world.addClaim();
  await world.settle();
  const ask = (storage: string) => {
    const claim = world.claim();
    assert(claim);
    world.cluster.put(persistentVolumeClaims, {
      ...claim,
      spec: { ...claim.spec, resources: { requests: { storage } } },
    });
  };
  const asked = () => world.controller.expands.map((request) => request.capacityRange?.requiredBytes);
  return { ...world, ask, asked };
}

const tib = 2n ** 40n;

test('a claim that asks for more gets more, and says when it has it', async (context) => {
  const world = await withBoundClaim(context);
  world.ask('8Ti');
  await world.settle();
  assert.deepEqual(world.asked(), [8n * tib]);
  assert.equal(world.volume()?.spec.capacity?.storage, '8Ti');
  assert.deepEqual(world.claim()?.status, {
    phase: 'Bound',
    capacity: { storage: '8Ti' },
    conditions: [],
    allocatedResources: { storage: '8Ti' },
    allocatedResourceStatuses: {},
  });
  assert.deepEqual(world.told().slice(1), [
    'Resizing: External resizer is resizing volume pvc-uid-data',
    'VolumeResizeSuccessful: Resize volume succeeded',
  ]);
});

test('where the node has to do its part, the claim waits for it', async (context) => {
  const world = await withBoundClaim(context);
  world.controller.nodeExpansionRequired = true;
  world.ask('8Ti');
  await world.settle();
  const { status } = world.claim() ?? {};
  assert.equal(status?.capacity?.storage, '4Ti');
  assert.equal(status?.allocatedResourceStatuses?.storage, 'NodeResizePending');
  assert.equal(status?.conditions?.[0]?.type, 'FileSystemResizePending');
  assert.equal(
    world.volume()?.metadata.annotations?.['volume.alpha.kubernetes.io/pre-resize-capacity'],
    '4Ti',
  );
  assert(world.told().includes('FileSystemResizeRequired: Require file system resize of volume on node'));
});

test('a size that cannot be had is told on the claim and not asked for in a tight loop; another size is tried at once', async (context) => {
  const world = await withBoundClaim(context);
  world.controller.faults.beforeExpand = (request) => {
    if ((request.capacityRange?.requiredBytes ?? 0n) > 10n * tib)
      throw new CsiError('out-of-range', 'at most 10 TiB');
  };
  world.ask('20Ti');
  await world.settle(290_000);
  assert.deepEqual(world.asked(), [20n * tib]);
  const { status } = world.claim() ?? {};
  assert.equal(status?.allocatedResourceStatuses?.storage, 'ControllerResizeInfeasible');
  assert.equal(status?.conditions?.[0]?.type, 'ControllerResizeError');
  assert(
    world
      .told()
      .includes(
        'VolumeResizeFailed: resize volume "pvc-uid-data" by resizer "test.csi.example" failed: rpc error: code = OutOfRange desc = at most 10 TiB',
      ),
  );
  world.ask('10Ti');
  await world.settle();
  assert.equal(world.claim()?.status?.capacity?.storage, '10Ti');
});

test('an expansion whose outcome is unknown is carried on to its own size before a new one is begun', async (context) => {
  const world = await withBoundClaim(context);
  world.controller.faults.afterExpand = () => {
    throw new CsiError('deadline-exceeded', 'still growing');
  };
  world.ask('8Ti');
  await world.settle();
  world.ask('6Ti');
  await world.settle(1_000);
  delete world.controller.faults.afterExpand;
  await world.settle(60_000);
  assert(world.asked().every((bytes) => bytes === 8n * tib));
  assert.equal(world.claim()?.status?.capacity?.storage, '8Ti');
});

test('after a final failure the user may ask for less', async (context) => {
  const world = await withBoundClaim(context);
  world.controller.faults.beforeExpand = (request) => {
    if (request.capacityRange?.requiredBytes === 8n * tib) throw new CsiError('internal', 'no room');
  };
  world.ask('8Ti');
  await world.settle();
  world.ask('6Ti');
  await world.settle(60_000);
  assert.equal(world.claim()?.status?.capacity?.storage, '6Ti');
});
