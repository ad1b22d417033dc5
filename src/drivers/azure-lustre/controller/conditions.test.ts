import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { AmlFilesystem } from '../../../cloud/azure/aml-filesystem.ts';
import { tebibyte } from '../../../units/bytes.ts';
import { hasSubscription } from '../has-subscription.ts';
import { dynamicId, key, name, setUpBackend } from '../testing/backend-setup.ts';
import { createCall } from '../testing/calls.ts';
import { createRequest, tutorialParameters, tutorialWith } from '../testing/requests.ts';

/** A file system that Berth made, whose properties a test changes as Azure would. */
async function watched() {
  const world = setUpBackend();
  const volume = await world.make();
  const { azure, backend } = world;
  const change = (properties: Partial<AmlFilesystem['properties']>) => {
    const stored = azure.stored.get(key);
    assert.ok(stored);
    const id = `/subscriptions/s/resourceGroups/my-resource-group/providers/Microsoft.StorageCache/amlFilesystems/${name}`;
    azure.stored.set(key, { ...stored, id, properties: { ...stored.properties, ...properties } });
  };
  change({});
  const conditions = async (...volumes: { id: string; context?: Record<string, string> }[]) =>
    (await backend.conditions?.(
      volumes.map(({ id, context = {} }) => ({ id, context })),
      createCall(),
    )) ?? [];
  return { ...world, volume, change, conditions };
}

describe('the condition of a volume', () => {
  test('is what Azure says of the file system’s health, by one list for all volumes', async () => {
    const { change, conditions, azure } = await watched();
    change({ health: { state: 'Available', statusDescription: 'amlFilesystem is ok.' } });
    assert.deepEqual(await conditions({ id: dynamicId }), [
      { abnormal: false, message: `AMLFS cluster ${name} is Available (amlFilesystem is ok.)` },
    ]);
    change({ health: { state: 'Degraded', statusCode: 'OstDown', statusDescription: 'one OST is away' } });
    const [first, second] = await conditions({ id: dynamicId }, { id: dynamicId });
    assert.equal(first?.abnormal, true);
    assert.match(first?.message ?? '', /is Degraded \(OstDown: one OST is away\); see its health/);
    assert.deepEqual(second, first);
    assert.equal(azure.calls.filter((call) => call.startsWith('list')).length, 2);
  });

  test('tells of an MGS that has another address than the PersistentVolume says', async () => {
    const { change, conditions } = await watched();
    change({ clientInfo: { mgsAddress: '10.0.0.77' } });
    const [found] = await conditions({ id: dynamicId, context: { 'mgs-ip-address': '10.0.0.1' } });
    assert.equal(found?.abnormal, true);
    assert.match(found?.message ?? '', /is 10\.0\.0\.77 now and the PersistentVolume says 10\.0\.0\.1/);
  });

  test('tells of a file system that is gone, and nothing of one that nobody here knows', async () => {
    const { conditions, azure } = await watched();
    azure.stored.delete(key);
    const [gone, foreign] = await conditions({ id: dynamicId }, { id: 'a#lustrefs#10.9.9.9##f#' });
    assert.match(gone?.message ?? '', /does not exist any more/);
    assert.equal(foreign, undefined);
  });

  test('is known of a static volume whose file system is in the subscription', async () => {
    const { change, conditions } = await watched();
    change({ health: { state: 'Unavailable' } });
    const [byId, byContext] = await conditions(
      { id: 'a#lustrefs#10.0.0.1##f#' },
      { id: 'any-name', context: { 'MGS-IP-Address': '10.0.0.1' } },
    );
    assert.equal(byId?.abnormal, true);
    assert.equal(byContext?.abnormal, true);
  });

  test('tells of a job on blobs that has failed, where the file system itself is well', async () => {
    const { change, conditions, azure } = await watched();
    const job = `${key} autoExportJobs/berth-auto-export`;
    azure.jobs.blobJobs.set(job, {});
    azure.jobs.failedBlobJobs.set(job, { failed: true, detail: 'AccessDenied: no right to write' });
    assert.equal(
      (await conditions({ id: dynamicId }))[0]?.abnormal,
      false,
      'without a container nobody asks',
    );
    change({ hsm: { settings: { container: 'c', loggingContainer: 'l' } } });
    const [found] = await conditions({ id: dynamicId });
    assert.equal(found?.abnormal, true);
    assert.match(
      found?.message ?? '',
      /job berth-auto-export .* failed \(AccessDenied: no right to write\): what changes/,
    );
    azure.jobs.failedBlobJobs.clear();
    assert.equal((await conditions({ id: dynamicId }))[0]?.abnormal, false);
  });

  test('shows the rebalance after an expansion, with what is left', async () => {
    const { change, conditions, azure } = await watched();
    change({ currentStorageCapacityTiB: 64 });
    azure.jobs.rebalancing.set(key, [
      { name: 'old', state: 'Completed' },
      { name: 'new', state: 'InProgress', percent: 40, remainingMs: 60_000 },
    ]);
    const [found] = await conditions({ id: dynamicId });
    assert.deepEqual(found?.activity, {
      message: `Azure is spreading the data of AMLFS cluster ${name} over what the expansion has added`,
      elapsedMs: 0,
      percent: 40,
      remainingMs: 60_000,
    });
  });
});

describe('the list of volumes', () => {
  test('has the ready file systems of Berth’s making under their own ids, and no others', async () => {
    const { backend, azure, change, volume } = await watched();
    const list = async () => (await backend.list?.(createCall())) ?? [];
    assert.deepEqual(
      (await list()).map(({ id, capacityBytes }) => [id, capacityBytes]),
      [[volume.id, 48n * tebibyte]],
    );
    const stored = azure.stored.get(key);
    assert.ok(stored);
    azure.stored.set('my-resource-group/theirs', { ...stored, name: 'theirs', tags: {} });
    assert.equal((await list()).length, 1);
    change({ provisioningState: 'Deleting' });
    assert.equal((await list()).length, 0);
  });

  test('gives a volume with a sub-directory the id that its create gave', async () => {
    const { make, backend, azure } = setUpBackend();
    const made = await make(createRequest(tutorialWith({ 'sub-dir': 'a/b' })));
    const stored = azure.stored.get(key);
    assert.ok(stored);
    const id = `/subscriptions/s/resourceGroups/my-resource-group/providers/x/y/${name}`;
    azure.stored.set(key, { ...stored, id });
    assert.deepEqual(
      (await backend.list?.(createCall()))?.map((volume) => volume.id),
      [made.id],
    );
  });
});

describe('room', () => {
  const room = async (parameters: Record<string, string>, zone?: string) => {
    const { backend, azure } = setUpBackend();
    azure.room.quota = { used: 3, limit: 4 };
    const topology = zone === undefined ? undefined : { 'topology.kubernetes.io/zone': zone };
    return backend.capacity?.({ parameters, topology }, createCall());
  };

  test('is what the quota leaves, in file systems of the largest size', async () => {
    assert.deepEqual(await room(tutorialParameters), {
      availableBytes: 128n * tebibyte,
      largestVolumeBytes: 128n * tebibyte,
      smallestVolumeBytes: 16n * tebibyte,
    });
  });

  test('is none where the zone or the SKU is not offered, and no question for file systems that exist', async () => {
    const { zone: _, ...zoneless } = tutorialParameters;
    assert.equal((await room(zoneless, 'eastus-9'))?.availableBytes, 0n);
    assert.equal((await room({ ...tutorialParameters, 'sku-name': 'X' }))?.availableBytes, 0n);
    assert.equal((await room({ 'mgs-ip-address': '10.0.0.4' }))?.availableBytes, 2n ** 63n - 1n);
  });
});

test('without a subscription nothing is claimed that only Azure knows', async () => {
  const azure = (subscriptionId?: string) => async () => ({
    config: subscriptionId === undefined ? {} : { subscriptionId },
    filesystems: setUpBackend().azure,
  });
  assert.equal(await hasSubscription({ azure: azure() }), false);
  assert.equal(await hasSubscription({ azure: azure('s') }), true);
  const broken = async () => Promise.reject(new Error('azure.json is no JSON'));
  assert.equal(await hasSubscription({ azure: broken }), true);
  const { withoutAzure } = setUpBackend();
  const { list, capacity, conditions } = withoutAzure;
  assert.deepEqual([list, capacity, conditions], [undefined, undefined, undefined]);
});
