import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CsiError } from '../csi/errors.ts';
import { KubeConnectionError, KubeError } from '../kube/client.ts';
import { persistentVolumes, secrets, storageClasses } from '../kube/resources.ts';
import { annotations } from './names.ts';
import { claim, createWorld, storageClass } from './testing/provisioner-world.ts';

const pvcWrites = (world: ReturnType<typeof createWorld>) =>
  world.cluster.writes.filter((write) => write.resource === 'persistentvolumes').map((write) => write.verb);

test('a claim whose volume is there at once costs one write and one event', async (context) => {
  const world = createWorld(context);
  world.start();
  world.addClaim();
  await world.settle();
  assert.equal(world.claim()?.status?.phase, 'Bound');
  assert.equal(world.controller.creates.length, 1);
  assert.deepEqual(pvcWrites(world), ['create']);
  assert.deepEqual(world.told(), ['ProvisioningSucceeded: Successfully provisioned volume pvc-uid-data']);
});

test('a claim that has to wait is told so, in the words that users know', async (context) => {
  const world = createWorld(context);
  const made = Promise.withResolvers<void>();
  world.controller.faults.beforeCreate = () => made.promise;
  world.start();
  world.addClaim();
  await world.settle(1_000);
  const provisioning = 'Provisioning: External provisioner is provisioning volume for claim "ns/data"';
  assert.deepEqual(world.told(), [provisioning]);
  made.resolve();
  await world.settle();
  const succeeded = 'ProvisioningSucceeded: Successfully provisioned volume pvc-uid-data';
  assert.deepEqual(world.told(), [provisioning, succeeded]);
});

test('a claim that was there before the provisioner is served as well', async (context) => {
  const world = createWorld(context);
  world.addClaim();
  world.start();
  await world.settle();
  assert.equal(world.claim()?.status?.phase, 'Bound');
});

test('claims of other drivers, and claims that wait for a pod, are left alone', async (context) => {
  const world = createWorld(context);
  world.cluster.put(storageClasses, {
    ...storageClass,
    metadata: { name: 'late' },
    volumeBindingMode: 'WaitForFirstConsumer',
  });
  world.start();
  const other = claim('other');
  world.addClaim({
    ...other,
    metadata: { ...other.metadata, annotations: { [annotations.storageProvisioner]: 'other' } },
  });
  world.addClaim(claim('late', { storageClassName: 'late' }));
  await world.settle();
  assert.deepEqual(world.controller.creates, []);
  assert.deepEqual(world.told(), []);
});

test('a failure is shown with its gRPC code and tried again, later and later', async (context) => {
  const world = createWorld(context);
  world.controller.faults.beforeCreate = () => {
    throw new CsiError('internal', 'the cloud said no');
  };
  world.start();
  world.addClaim();
  await world.settle(3_000);
  assert.equal(world.controller.creates.length, 3);
  assert(
    world
      .told()
      .includes(
        'ProvisioningFailed: failed to provision volume with StorageClass "fast": rpc error: code = Internal desc = the cloud said no',
      ),
  );
  delete world.controller.faults.beforeCreate;
  await world.settle(4_000);
  assert.equal(world.claim()?.status?.phase, 'Bound');
});

test('what can never succeed is not tried again in a tight loop', async (context) => {
  const world = createWorld(context);
  world.controller.faults.beforeCreate = () => {
    throw new CsiError('invalid-argument', 'sku-name must be one of …');
  };
  world.start();
  world.addClaim();
  await world.settle(299_000);
  assert.equal(world.controller.creates.length, 1);
  await world.settle(2_000);
  assert.equal(world.controller.creates.length, 2);
});

test('a class that cannot be served is refused without asking the driver; a new class of the name is tried at once', async (context) => {
  const world = createWorld(context);
  world.cluster.put(storageClasses, { ...storageClass, parameters: { 'csi.storage.k8s.io/typo': 'x' } });
  world.start();
  world.addClaim();
  await world.settle();
  assert.deepEqual(world.controller.creates, []);
  assert(world.told().some((text) => text.includes('unknown parameter key "csi.storage.k8s.io/typo"')));
  world.cluster.put(storageClasses, storageClass);
  await world.settle();
  assert.equal(world.claim()?.status?.phase, 'Bound');
});

test('a claim whose class does not exist says so, and is served when the class comes', async (context) => {
  const world = createWorld(context);
  world.start();
  world.addClaim(claim('data', { storageClassName: 'later' }));
  await world.settle(1_000);
  assert.deepEqual(world.told(), ['ProvisioningFailed: storageclass.storage.k8s.io "later" not found']);
  world.cluster.put(storageClasses, { ...storageClass, metadata: { name: 'later' } });
  await world.settle();
  assert.equal(world.claim()?.status?.phase, 'Bound');
});

test('a class that is seen just after its claim is not called missing', async (context) => {
  const world = createWorld(context);
  world.start();
  world.addClaim(claim('data', { storageClassName: 'later' }));
  await world.settle();
  world.cluster.put(storageClasses, { ...storageClass, metadata: { name: 'later' } });
  await world.settle(2_000);
  assert.equal(world.claim()?.status?.phase, 'Bound');
  assert.deepEqual(world.told(), ['ProvisioningSucceeded: Successfully provisioned volume pvc-uid-data']);
});

test('a claim deleted while the outcome of its volume is unknown leaves nothing behind', async (context) => {
  const world = createWorld(context);
  world.controller.faults.afterCreate = () => {
    throw new CsiError('deadline-exceeded', 'still being created');
  };
  world.start();
  world.addClaim();
  await world.settle();
  await world.removeClaim();
  await world.settle(5_000);
  assert(world.controller.creates.length >= 3, 'goes on asking');
  delete world.controller.faults.afterCreate;
  await world.settle(10_000);
  await world.settle();
  assert.equal(world.controller.volumes.size, 0);
  assert.deepEqual(world.cluster.all(persistentVolumes), []);
});

test('a claim deleted after a final failure is forgotten', async (context) => {
  const world = createWorld(context);
  world.controller.faults.beforeCreate = () => {
    throw new CsiError('internal', 'no');
  };
  world.start();
  world.addClaim();
  await world.settle();
  await world.removeClaim();
  await world.settle(600_000);
  assert.equal(world.controller.creates.length, 1);
});

test('a claim deleted while there is no room for its volume is forgotten, also when room comes', async (context) => {
  const world = createWorld(context);
  world.controller.faults.beforeCreate = () => {
    throw new CsiError('resource-exhausted', 'the quota is used up', { nothingExists: true });
  };
  world.start();
  world.addClaim();
  await world.settle();
  await world.removeClaim();
  delete world.controller.faults.beforeCreate;
  await world.settle(600_000);
  assert.equal(world.controller.creates.length, 1);
  assert.equal(world.controller.volumes.size, 0);
});

test('a PersistentVolume that cannot be written is tried until it can, and the volume is made once', async (context) => {
  const world = createWorld(context);
  let refusals = 4;
  world.cluster.intercept.before = ({ verb, resource }) => {
    if (verb !== 'create' || resource !== 'persistentvolumes' || refusals-- <= 0) return;
    throw refusals % 2 === 0 ? new KubeConnectionError('cut') : new KubeError(500, 'InternalError', 'etcd');
  };
  world.start();
  world.addClaim();
  await world.settle(30_000);
  assert.equal(world.claim()?.status?.phase, 'Bound');
  assert.equal(world.controller.creates.length, 1);
});

test('a write whose answer was lost counts as done', async (context) => {
  const world = createWorld(context);
  let lose = 1;
  world.cluster.intercept.after = ({ verb, resource }) => {
    if (verb === 'create' && resource === 'persistentvolumes' && lose-- > 0)
      throw new KubeConnectionError('lost');
  };
  world.start();
  world.addClaim();
  await world.settle(2_000);
  assert.equal(world.claim()?.status?.phase, 'Bound');
  assert(world.told().includes('ProvisioningSucceeded: Successfully provisioned volume pvc-uid-data'));
  assert.equal(world.controller.creates.length, 1);
});

test('a volume smaller than asked for is taken back and not handed out', async (context) => {
  const world = createWorld(context);
  world.controller.answer = (volume) => ({ ...volume, capacityBytes: 1n });
  world.start();
  world.addClaim();
  await world.settle();
  assert.equal(world.controller.volumes.size, 0);
  assert.equal(world.volume(), undefined);
  assert(
    world.told().some((text) => text.includes('created volume capacity 1 less than requested capacity')),
  );
});

test("the provisioner's secret is read for the call and reaches neither event nor volume", async (context) => {
  const world = createWorld(context);
  const name = 'csi.storage.k8s.io/provisioner-secret-name';
  const namespace = 'csi.storage.k8s.io/provisioner-secret-namespace';
  world.cluster.put(storageClasses, {
    ...storageClass,
    parameters: { [name]: 'creds', [namespace]: 'kube-system' },
  });
  world.start();
  world.addClaim();
  await world.settle();
  assert(world.told().some((text) => text.includes('secrets "creds" not found')));
  world.cluster.put(secrets, {
    metadata: { namespace: 'kube-system', name: 'creds' },
    data: { key: Buffer.from('hush').toString('base64') },
  });
  await world.settle(1_000);
  assert.deepEqual(world.controller.creates[0]?.secrets, { key: 'hush' });
  assert.deepEqual(world.controller.creates[0]?.parameters['csi.storage.k8s.io/pvc/name'], 'data');
  assert(!JSON.stringify([world.told(), world.volume()]).includes('hush'));
});

test('a hundred claims are served side by side, and the hundred and first waits', async (context) => {
  const world = createWorld(context);
  let open: () => void = () => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  world.controller.faults.beforeCreate = () => gate;
  world.start();
  for (let i = 0; i < 101; i++) world.addClaim(claim(`c${i}`));
  await world.settle();
  assert.equal(world.controller.creates.length, 100);
  open();
  await world.settle();
  assert.equal(world.cluster.all(persistentVolumes).length, 101);
});

test('the driver gets half an hour for one call, and the abort of the program', async (context) => {
  const world = createWorld(context);
  let seen: { deadline: number | undefined; signal: AbortSignal } | undefined;
  world.controller.faults.beforeCreate = (_, options) => {
    seen = options;
    return new Promise((_, reject) =>
      options.signal.addEventListener('abort', () => reject(options.signal.reason)),
    );
  };
  const { stop, ended } = world.start();
  world.addClaim();
  await world.settle();
  assert.equal(seen?.deadline, world.clock.now() + 1_800_000);
  stop.abort();
  await ended;
  assert.equal(seen?.signal.aborted, true);
});
