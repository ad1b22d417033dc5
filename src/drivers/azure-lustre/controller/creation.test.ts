import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { AzureError } from '../../../cloud/azure/azure-error.ts';
import { CsiError, retryableCodes } from '../../../csi/errors.ts';
import { tebibyte } from '../../../units/bytes.ts';
import { dynamicId, key, name, refusalOf, setUpBackend } from '../testing/backend-setup.ts';
import { createCall } from '../testing/calls.ts';
import { createRequest, tutorialWith } from '../testing/requests.ts';

describe('creating', () => {
  test('a claim gets a file system of its own, and a volume that says where it is', async () => {
    const { make, azure } = setUpBackend();
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
    const { make, azure, backend } = setUpBackend();
    const made = await make();
    const intent = backend.intent(createRequest());
    const found = await backend.find(intent, createCall());
    assert.deepEqual(found, made);
    assert.equal(backend.conflict(await backend.plan(intent, createCall()), made), undefined);
    assert.equal(azure.calls.filter((call) => call.startsWith('beginCreate')).length, 1);
  });

  test('progress tells the time passed beside the usual time', async () => {
    const { make } = setUpBackend({ looks: 4 });
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
    const { make, azure, backend } = setUpBackend();
    azure.loseNextAnswer(new AzureError('no-answer', 'connection reset'));
    const error = await refusalOf(make());
    assert.ok(retryableCodes.has(error.code));
    assert.equal((await backend.find(backend.intent(createRequest()), createCall()))?.state, 'creating');
  });

  test('a deadline ends the waiting, not the creation', async () => {
    const { azure, backend, clock, settle } = setUpBackend({ looks: 1000 });
    const end = new AbortController();
    const call = createCall({ signal: end.signal, deadline: clock.now() + 60_000 });
    const plan = await backend.plan(backend.intent(createRequest()), call);
    const created = await backend.create(plan, call);
    const waiting = backend.complete(plan, created, call);
    await clock.advance(59_000);
    end.abort(new CsiError('deadline-exceeded', 'still being created'));
    const error = await refusalOf(settle(waiting));
    assert.equal(error.code, 'deadline-exceeded');
    assert.equal(error.message, 'still being created');
    assert.equal(azure.stored.get(key)?.properties.provisioningState, 'Creating');
  });

  test('passing failures of Azure do not end the waiting', async () => {
    const { make, azure } = setUpBackend({ looks: 3 });
    azure.failNext('get', new AzureError('server', 'GET: HTTP 503'));
    azure.failNext('get', new AzureError('throttled', 'GET: HTTP 429'));
    azure.failNext('get', new AzureError('no-answer', 'reset'));
    assert.equal((await make()).state, 'ready');
  });

  test('after Azure has accepted a create, every failure is one that is retried', async () => {
    for (const kind of ['bad-request', 'unauthenticated', 'forbidden', 'not-found', 'conflict'] as const) {
      const { backend, azure } = setUpBackend({ looks: 3 });
      const plan = await backend.plan(backend.intent(createRequest()), createCall());
      const created = await backend.create(plan, createCall());
      azure.failNext('get', new AzureError(kind, 'no'));
      const error = await refusalOf(backend.complete(plan, created, createCall()));
      assert.ok(retryableCodes.has(error.code), `${kind} became ${error.code}`);
      azure.failNext('get', new AzureError(kind, 'no'));
      const blind = await refusalOf(backend.find(plan.intent, createCall()));
      assert.ok(retryableCodes.has(blind.code), `${kind} became ${blind.code}`);
    }
  });

  test('a creation that fails is reported with its state, removed, and made again', async () => {
    const { make, azure, backend, settle } = setUpBackend();
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
    const { make, azure, backend } = setUpBackend();
    const made = await make();
    const plan = await backend.plan(backend.intent(createRequest()), createCall());
    const error = await refusalOf(backend.discard(plan, { ...made, state: 'failed' }, createCall()));
    assert.equal(error.code, 'aborted');
    assert.equal(azure.stored.size, 1);
  });

  test('a name that Azure does not take is shortened, and the tag tells it in full', async () => {
    const { make, azure } = setUpBackend();
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
    const { backend, opened } = setUpBackend();
    assert.throws(
      () => backend.intent(createRequest({ nonsense: 'x' })),
      /Invalid parameter\(s\) \{nonsense = x\}/,
    );
    assert.equal(opened(), 0);
  });

  test('SKU, zone and location are held against what Azure offers, before anything is created', async () => {
    const { backend, azure } = setUpBackend();
    const plan = (changes: Record<string, string>) =>
      backend.plan(backend.intent(createRequest(tutorialWith(changes))), createCall());
    assert.match((await refusalOf(plan({ 'sku-name': 'x' }))).message, /sku-name must be one of/);
    assert.match((await refusalOf(plan({ zone: '9' }))).message, /zone 9 must be one of/);
    azure.failNext('skus', new AzureError('server', 'HTTP 500'));
    const error = await refusalOf(plan({}));
    assert.match(error.message, /^error retrieving SKUs: HTTP 500/);
    assert.equal(error.code, 'unavailable');
    assert.equal(azure.stored.size, 0);
  });

  test('a subnet without room, or without existence, and a used-up quota are told before anything is created', async () => {
    const { make, azure } = setUpBackend();
    azure.room.free = 9;
    const full = await refusalOf(make());
    assert.equal(full.code, 'resource-exhausted');
    assert.equal(
      full.message,
      `cannot create AMLFS cluster ${name} in subnet my-subnet, not enough IP addresses available: 10 needed, 9 available; free some or name a larger subnet`,
    );
    azure.room.free = undefined;
    const missing = await refusalOf(make());
    assert.equal(missing.code, 'failed-precondition');
    assert.equal(
      missing.message,
      'subnet my-subnet not found in vnet my-vnet, resource group vnet-rg. Ensure permissions are correct for configuration.',
    );
    azure.room.free = 100;
    azure.room.quota = { used: 4, limit: 4 };
    const quota = await refusalOf(make());
    assert.equal(quota.code, 'resource-exhausted');
    assert.match(
      quota.message,
      /^Operation results in exceeding quota limits of resource type AmlFilesystem\. Maximum allowed: 4, Current in use: 4, Additional requested: 1\./,
    );
    assert.equal(azure.stored.size, 0);
  });

  test('a quota that cannot be read does not stand in the way', async () => {
    const { make, azure } = setUpBackend();
    azure.failNext('quota', new AzureError('forbidden', 'HTTP 403'));
    assert.equal((await make()).state, 'ready');
  });

  test('a refused create names the permissions that are missing', async () => {
    const { make, azure } = setUpBackend();
    azure.failNext('beginCreate', new AzureError('forbidden', 'PUT: AuthorizationFailed (HTTP 403): no'));
    const error = await refusalOf(make());
    assert.equal(error.code, 'permission-denied');
    assert.match(error.message, /^CreateVolume error when creating AMLFS pvc-0b7e.*AuthorizationFailed/);
    assert.match(error.message, /Microsoft\.StorageCache\/amlFilesystems\/write/);
  });
});
