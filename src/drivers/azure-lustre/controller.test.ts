import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createFakeClock } from '../../async/testing/fake-clock.ts';
import type { AmlFilesystem } from '../../cloud/azure/aml-filesystem.ts';
import { AzureError } from '../../cloud/azure/azure-error.ts';
import type { CreateRequest } from '../../csi/driver.ts';
import { CsiError, retryableCodes } from '../../csi/errors.ts';
import { silentLog } from '../../telemetry/log.ts';
import { tebibyte } from '../../units/bytes.ts';
import { createLustreBackend } from './controller.ts';
import { createCall } from './testing/calls.ts';
import { createFakeAmlFilesystems } from './testing/fake-aml-filesystems.ts';
import { createRequest, tutorialWith } from './testing/requests.ts';

const name = createRequest().name;
const key = `my-resource-group/${name}`;
const dynamicId = `${name}#lustrefs#10.0.0.1##t#my-resource-group`;
const config = { subscriptionId: 'sub', resourceGroup: 'MC_rg', vnetResourceGroup: 'vnet-rg' };

function setUp({ looks = 2 }: { looks?: number } = {}) {
  const clock = createFakeClock();
  const azure = createFakeAmlFilesystems({ looks });
  let opened = 0;
  const backend = createLustreBackend({
    clock,
    log: silentLog,
    azure: async () => {
      opened++;
      return { config, filesystems: azure };
    },
  });
  /** Lets the clock run until `work` settles. */
  const settle = async <T>(work: Promise<T>): Promise<T> => {
    let settled = false;
    work.then(
      () => (settled = true),
      () => (settled = true),
    );
    while (!settled) await clock.advance(15_000);
    return work;
  };
  const make = async (request: CreateRequest = createRequest(), call = createCall()) => {
    const intent = backend.intent(request);
    const plan = await backend.plan(intent, call);
    await backend.admit?.(plan, call);
    return settle(backend.complete(plan, await backend.create(plan, call), call));
  };
  return { clock, azure, backend, settle, make, opened: () => opened };
}

const codeOf = async (work: Promise<unknown>): Promise<CsiError> => {
  const error = await work.then(
    () => assert.fail('it should have been refused'),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof CsiError, String(error));
  return error;
};

describe('creating', () => {
  test('a claim gets a file system of its own, and a volume that says where it is', async () => {
    const { make, azure } = setUp();
    const volume = await make();
    assert.equal(volume.state, 'ready');
    assert.equal(volume.id, dynamicId);
    assert.equal(volume.capacityBytes, 48n * tebibyte);
    assert.equal(volume.context['mgs-ip-address'], '10.0.0.1');
    assert.equal(volume.context['fs-name'], 'lustrefs');
    assert.equal(volume.context['created-by-dynamic-provisioning'], 't');
    assert.equal(volume.context['resource-group-name'], 'my-resource-group');
    assert.equal(volume.context['sku-name'], 'AMLFS-Durable-Premium-125');
    assert.deepEqual([...azure.stored.keys()], [key]);
  });

  test('the same request again finds the same volume and sends nothing more to Azure', async () => {
    const { make, azure, backend } = setUp();
    const made = await make();
    const intent = backend.intent(createRequest());
    const found = await backend.find(intent, createCall());
    assert.deepEqual(found, made);
    assert.equal(backend.conflict(await backend.plan(intent, createCall()), made), undefined);
    assert.equal(azure.calls.filter((call) => call.startsWith('beginCreate')).length, 1);
  });

  test('progress tells the time passed beside the usual time', async () => {
    const { make } = setUp({ looks: 4 });
    const call = createCall();
    await make(createRequest(), call);
    assert.ok(call.reports.length >= 3);
    assert.deepEqual(
      { ...call.reports[1], elapsedMs: 0 },
      {
        volume: name,
        phase: 'creating',
        elapsedMs: 0,
        usualMs: 720_000,
        message: `Azure is creating AMLFS cluster ${name} (Creating)`,
      },
    );
    assert.ok((call.reports[2]?.elapsedMs ?? 0) > (call.reports[1]?.elapsedMs ?? 0));
  });

  test('a file system whose answer was lost is found by its name', async () => {
    const { make, azure, backend } = setUp();
    azure.loseNextAnswer(new AzureError('no-answer', 'connection reset'));
    const error = await codeOf(make());
    assert.ok(retryableCodes.has(error.code));
    assert.equal((await backend.find(backend.intent(createRequest()), createCall()))?.state, 'creating');
  });

  test('a deadline ends the waiting, not the creation', async () => {
    const { azure, backend, clock, settle } = setUp({ looks: 1000 });
    const end = new AbortController();
    const call = createCall({ signal: end.signal, deadline: clock.now() + 60_000 });
    const plan = await backend.plan(backend.intent(createRequest()), call);
    const created = await backend.create(plan, call);
    const waiting = backend.complete(plan, created, call);
    await clock.advance(59_000);
    end.abort(new CsiError('deadline-exceeded', 'still being created'));
    const error = await codeOf(settle(waiting));
    assert.equal(error.code, 'deadline-exceeded');
    assert.equal(error.message, 'still being created');
    assert.equal(azure.stored.get(key)?.properties.provisioningState, 'Creating');
  });

  test('passing failures of Azure do not end the waiting', async () => {
    const { make, azure } = setUp({ looks: 3 });
    azure.failNext('get', new AzureError('server', 'GET: HTTP 503'));
    azure.failNext('get', new AzureError('throttled', 'GET: HTTP 429'));
    azure.failNext('get', new AzureError('no-answer', 'reset'));
    assert.equal((await make()).state, 'ready');
  });

  test('after Azure has accepted a create, every failure is one that is retried', async () => {
    for (const kind of ['bad-request', 'unauthenticated', 'forbidden', 'not-found', 'conflict'] as const) {
      const { backend, azure } = setUp({ looks: 3 });
      const plan = await backend.plan(backend.intent(createRequest()), createCall());
      const created = await backend.create(plan, createCall());
      azure.failNext('get', new AzureError(kind, 'no'));
      const error = await codeOf(backend.complete(plan, created, createCall()));
      assert.ok(retryableCodes.has(error.code), `${kind} became ${error.code}`);
      azure.failNext('get', new AzureError(kind, 'no'));
      const blind = await codeOf(backend.find(plan.intent, createCall()));
      assert.ok(retryableCodes.has(blind.code), `${kind} became ${blind.code}`);
    }
  });

  test('a creation that fails is reported with its state, removed, and made again', async () => {
    const { make, azure, backend, settle } = setUp();
    azure.endNextCreationIn('Failed');
    const failed = await make();
    assert.equal(failed.state, 'failed');
    assert.match(failed.reason ?? '', /creation did not complete correctly \(Failed\)/);
    const plan = await backend.plan(backend.intent(createRequest()), createCall());
    await settle(backend.discard(plan, failed, createCall()));
    assert.equal(azure.stored.size, 0);
    assert.equal((await make()).state, 'ready');
  });

  test('a failed file system that was repaired meanwhile is not removed', async () => {
    const { make, azure, backend } = setUp();
    const made = await make();
    const plan = await backend.plan(backend.intent(createRequest()), createCall());
    const error = await codeOf(backend.discard(plan, { ...made, state: 'failed' }, createCall()));
    assert.equal(error.code, 'aborted');
    assert.equal(azure.stored.size, 1);
  });

  test('a name that Azure does not take is shortened, and the tag tells it in full', async () => {
    const { make, azure } = setUp();
    const long = `sanity-${'x'.repeat(121)}`;
    const volume = await make(createRequest(undefined, { name: long }));
    const [resource] = azure.stored.values();
    assert.equal(resource?.tags?.['berth-volume-name'], long);
    assert.ok((resource?.name ?? '').length <= 80);
    assert.ok(volume.id.length <= 128, `${volume.id.length} bytes`);
  });
});

describe('refusing', () => {
  test('bad input never reaches Azure', () => {
    const { backend, opened } = setUp();
    assert.throws(
      () => backend.intent(createRequest({ nonsense: 'x' })),
      /Invalid parameter\(s\) \{nonsense = x\}/,
    );
    assert.equal(opened(), 0);
  });

  test('SKU, zone and location are held against what Azure offers, before anything is created', async () => {
    const { backend, azure } = setUp();
    const plan = (changes: Record<string, string>) =>
      backend.plan(backend.intent(createRequest(tutorialWith(changes))), createCall());
    assert.match((await codeOf(plan({ 'sku-name': 'x' }))).message, /sku-name must be one of/);
    assert.match((await codeOf(plan({ zone: '9' }))).message, /zone 9 must be one of/);
    azure.failNext('skus', new AzureError('server', 'HTTP 500'));
    const error = await codeOf(plan({}));
    assert.match(error.message, /^error retrieving SKUs: HTTP 500/);
    assert.equal(error.code, 'unavailable');
    assert.equal(azure.stored.size, 0);
  });

  test('a subnet without room, or without existence, and a used-up quota are told before anything is created', async () => {
    const { make, azure } = setUp();
    azure.room.free = 9;
    const full = await codeOf(make());
    assert.equal(full.code, 'resource-exhausted');
    assert.equal(
      full.message,
      `cannot create AMLFS cluster ${name} in subnet my-subnet, not enough IP addresses available: 10 needed, 9 available; free some or name a larger subnet`,
    );
    azure.room.free = undefined;
    const missing = await codeOf(make());
    assert.equal(missing.code, 'failed-precondition');
    assert.equal(
      missing.message,
      'subnet my-subnet not found in vnet my-vnet, resource group vnet-rg. Ensure permissions are correct for configuration.',
    );
    azure.room.free = 100;
    azure.room.quota = { used: 4, limit: 4 };
    const quota = await codeOf(make());
    assert.equal(quota.code, 'resource-exhausted');
    assert.match(
      quota.message,
      /^Operation results in exceeding quota limits of resource type AmlFilesystem\. Maximum allowed: 4, Current in use: 4, Additional requested: 1\./,
    );
    assert.equal(azure.stored.size, 0);
  });

  test('a quota that cannot be read does not stand in the way', async () => {
    const { make, azure } = setUp();
    azure.failNext('quota', new AzureError('forbidden', 'HTTP 403'));
    assert.equal((await make()).state, 'ready');
  });

  test('a refused create names the permissions that are missing', async () => {
    const { make, azure } = setUp();
    azure.failNext('beginCreate', new AzureError('forbidden', 'PUT: AuthorizationFailed (HTTP 403): no'));
    const error = await codeOf(make());
    assert.equal(error.code, 'permission-denied');
    assert.match(error.message, /^CreateVolume error when creating AMLFS pvc-0b7e.*AuthorizationFailed/);
    assert.match(error.message, /Microsoft\.StorageCache\/amlFilesystems\/write/);
  });
});

describe('meeting a file system that exists', () => {
  const conflict = async (change: (made: AmlFilesystem) => AmlFilesystem, request = createRequest()) => {
    const { make, azure, backend } = setUp();
    await make();
    const made = azure.stored.get(key);
    assert.ok(made);
    azure.stored.set(key, change(made));
    const intent = backend.intent(request);
    const found = await backend.find(intent, createCall());
    assert.ok(found);
    return backend.conflict(await backend.plan(intent, createCall()), found);
  };
  const properties = (made: AmlFilesystem, change: Partial<AmlFilesystem['properties']>) => ({
    ...made,
    properties: { ...made.properties, ...change },
  });

  test('another SKU, zone, location, subnet or identity is another volume', async () => {
    assert.match(
      (await conflict((made) => ({ ...made, sku: { name: 'AMLFS-Durable-Premium-40' } }))) ?? '',
      /exists already and is not what is asked for: SKU is AMLFS-Durable-Premium-40, asked for AMLFS-Durable-Premium-125/,
    );
    assert.match((await conflict((made) => ({ ...made, zones: ['2'] }))) ?? '', /zone is 2, asked for 1/);
    assert.match((await conflict((made) => ({ ...made, location: 'westus' }))) ?? '', /location is westus/);
    assert.match(
      (await conflict((made) => properties(made, { filesystemSubnet: '/other' }))) ?? '',
      /subnet is \/other/,
    );
    const identity = { type: 'UserAssigned', userAssignedIdentities: { '/id': {} } } as const;
    assert.match(
      (await conflict((made) => ({ ...made, identity }))) ?? '',
      /identities is \/id, asked for none/,
    );
  });

  test('a capacity outside the request is another volume, one inside is not', async () => {
    const sized = (requiredBytes: bigint, limitBytes: bigint) =>
      conflict((made) => made, createRequest(undefined, { requiredBytes, limitBytes }));
    assert.match((await sized(64n * tebibyte, 0n)) ?? '', /capacity is 48 TiB, asked for 64 TiB/);
    assert.match((await sized(16n * tebibyte, 32n * tebibyte)) ?? '', /asked for at most 32 TiB/);
    assert.equal(await sized(16n * tebibyte, 48n * tebibyte), undefined);
    assert.equal(
      await conflict((made) => properties(made, { currentStorageCapacityTiB: 64 })),
      undefined,
      'an expanded file system still serves',
    );
  });

  test('tags, maintenance window and letter case do not count', async () => {
    assert.equal(
      await conflict((made) => ({
        ...properties(made, {
          maintenanceWindow: { dayOfWeek: 'Monday', timeOfDayUTC: '01:00' },
          filesystemSubnet: made.properties.filesystemSubnet.toUpperCase(),
        }),
        location: 'East US',
        tags: { ...made.tags, team: 'other' },
      })),
      undefined,
    );
  });

  test('one that is not ours is never taken, and never removed', async () => {
    const foreign = (made: AmlFilesystem): AmlFilesystem => ({ ...made, tags: { owner: 'someone' } });
    assert.match((await conflict(foreign)) ?? '', /exists and is not Berth's: it lacks the tag/);
    const { make, azure, backend } = setUp();
    azure.endNextCreationIn('Failed');
    const failed = await make();
    const made = azure.stored.get(key);
    assert.ok(made);
    azure.stored.set(key, foreign(made));
    const plan = await backend.plan(backend.intent(createRequest()), createCall());
    assert.equal((await codeOf(backend.discard(plan, failed, createCall()))).code, 'already-exists');
    assert.equal(azure.stored.size, 1);
  });

  test('one that is being deleted says so with the upstream text', async () => {
    const { make, azure, backend } = setUp();
    await make();
    await azure.beginDelete('my-resource-group', name, createCall().signal);
    const found = await backend.find(backend.intent(createRequest()), createCall());
    assert.equal(found?.state, 'deleting');
    assert.equal(
      found?.reason,
      `AMLFS cluster ${name} creation did not complete correctly, waiting for deletion to complete before retrying cluster creation`,
    );
  });
});

describe('deleting', () => {
  test('the file system is gone when it returns, with progress on the way', async () => {
    const { make, azure, backend, settle } = setUp();
    const volume = await make();
    const call = createCall();
    await settle(backend.delete(volume.id, {}, call));
    assert.equal(azure.stored.size, 0);
    assert.equal(call.reports[0]?.phase, 'deleting');
    assert.equal(call.reports[0]?.volume, volume.id);
    await backend.delete(volume.id, {}, call);
  });

  test('a deletion that is under way is followed, not started again', async () => {
    const { make, azure, backend, settle } = setUp();
    const volume = await make();
    await azure.beginDelete('my-resource-group', name, createCall().signal);
    azure.calls.length = 0;
    await settle(backend.delete(volume.id, {}, createCall()));
    assert.ok(azure.calls.every((call) => call.startsWith('get ')));
  });

  test('data without proof of ownership stays, and the reason is told', async () => {
    const { make, azure, backend } = setUp();
    const volume = await make();
    const made = azure.stored.get(key);
    assert.ok(made);
    for (const tags of [
      {},
      { 'k8s-azure-created-by': 'kubernetes-azurelustre-csi-driver' },
      { ...made.tags, 'berth-volume-name': 'pvc-other' },
    ]) {
      azure.stored.set(key, { ...made, tags });
      const error = await codeOf(backend.delete(volume.id, {}, createCall()));
      assert.equal(error.code, 'failed-precondition');
      assert.match(error.message, /is not deleted, because nothing proves that Berth made it/);
    }
    assert.equal(azure.stored.size, 1);
    assert.ok(!azure.calls.some((call) => call.startsWith('beginDelete')));
  });

  test('static volumes and handles of a foreign form are nothing to delete, and Azure is not asked', async () => {
    const { backend, opened } = setUp();
    for (const id of [
      'fake-vol-id-0123456789',
      'v#lustrefs#10.0.0.4',
      'v#lustrefs#10.0.0.4#sub',
      'v#lustrefs#10.0.0.4#sub#f#',
      'v#lustrefs#10.0.0.4##maybe#rg',
    ])
      await backend.delete(id, {}, createCall());
    assert.equal(opened(), 0);
  });

  test('a dynamic handle without a resource group is refused with the upstream text', async () => {
    const { backend } = setUp();
    const error = await codeOf(backend.delete('v#lustrefs#10.0.0.4##t', {}, createCall()));
    assert.match(
      error.message,
      /^volume was dynamically created but associated resource group is not specified\. AMLFS cluster may need to be deleted manually/,
    );
  });

  test('a deletion that Azure gives up is told and can be tried again', async () => {
    const { make, azure, backend, clock } = setUp({ looks: 5 });
    const volume = await make();
    const deleting = codeOf(backend.delete(volume.id, {}, createCall()));
    await clock.advance(1_000);
    const made = azure.stored.get(key);
    assert.ok(made);
    azure.stored.set(key, { ...made, properties: { ...made.properties, provisioningState: 'Failed' } });
    await clock.advance(60_000);
    const error = await deleting;
    assert.equal(error.code, 'unavailable');
    assert.match(error.message, /could not be deleted, its state is Failed/);
  });

  test('secrets are refused', async () => {
    const { backend } = setUp();
    await assert.rejects(backend.delete(dynamicId, { a: 'b' }, createCall()), /doesn't support secrets/);
  });
});

describe('static volumes', () => {
  test('need no Azure at all, report no capacity and carry what the node needs', async () => {
    const { backend, opened } = setUp();
    const parameters = { 'mgs-ip-address': '10.0.0.4', 'fs-name': 'lustrefs', 'sub-dir': '/a/' };
    const intent = backend.intent(createRequest(parameters));
    const call = createCall();
    const plan = await backend.plan(intent, call);
    await backend.admit?.(plan, call);
    const volume = await backend.complete(plan, await backend.create(plan, call), call);
    assert.deepEqual(await backend.find(intent, call), volume);
    assert.equal(backend.conflict(plan, volume), undefined);
    assert.equal(volume.id, `${name}#lustrefs#10.0.0.4#a#f#`);
    assert.equal(volume.capacityBytes, 0n);
    assert.deepEqual(volume.context, { ...parameters, 'created-by-dynamic-provisioning': 'f' });
    assert.equal((await backend.get(volume.id, call))?.id, volume.id);
    await backend.delete(volume.id, {}, call);
    assert.equal(opened(), 0);
  });
});

describe('looking up a handle', () => {
  test('a dynamic one is there as long as its file system is', async () => {
    const { make, backend, settle } = setUp();
    const volume = await make();
    assert.equal((await backend.get(volume.id, createCall()))?.capacityBytes, 48n * tebibyte);
    await settle(backend.delete(volume.id, {}, createCall()));
    assert.equal(await backend.get(volume.id, createCall()), undefined);
  });

  test('what nobody could have made is not there', async () => {
    const { backend } = setUp();
    for (const id of ['fake-vol-id-0123456789', 'v#lustrefs#not-an-address', 'v#lustrefs#10.0.0.4##t#'])
      assert.equal(await backend.get(id, createCall()), undefined, id);
  });

  test('a volume has one lock, whether its name or its handle is given', () => {
    const { backend } = setUp();
    assert.equal(backend.lockKey?.({ name }), backend.lockKey?.({ id: dynamicId }));
  });
});
