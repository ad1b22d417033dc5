import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { AmlFilesystem } from './aml-filesystem.ts';
import { createAmlFilesystems, defaultStorageCacheApiVersion } from './aml-filesystems.ts';
import { AzureError } from './azure-error.ts';
import { armClientFor, createAzureTestBed } from './testing/azure-test-bed.ts';
import { createEagerClock } from './testing/eager-clock.ts';
import { type Script, type ScriptedAnswer, startScriptedServer } from './testing/scripted-server.ts';

const bed = await createAzureTestBed();
after(() => bed[Symbol.asyncDispose]());

const forever = new AbortController().signal;
const subnetId =
  '/subscriptions/sub/resourceGroups/net-rg/providers/Microsoft.Network/virtualNetworks/vnet/subnets/lustre';
const wanted: AmlFilesystem = {
  location: 'eastus',
  sku: { name: 'AMLFS-Durable-Premium-125' },
  zones: ['1'],
  tags: { 'k8s-azure-created-by': 'test' },
  properties: {
    storageCapacityTiB: 16,
    filesystemSubnet: subnetId,
    maintenanceWindow: { dayOfWeek: 'Sunday', timeOfDayUTC: '02:00' },
  },
};
const standing = (provisioningState: string) => ({
  ...wanted,
  name: 'fs',
  properties: { ...wanted.properties, provisioningState, health: null, clientInfo: null },
});
const accepted: ScriptedAnswer = { status: 201, body: standing('Creating') };
const missing: ScriptedAnswer = {
  status: 404,
  body: { error: { code: 'ResourceNotFound', message: 'gone' } },
};
const fsPath = '/subscriptions/sub/resourceGroups/rg/providers/Microsoft.StorageCache/amlFilesystems/fs';

async function open(script: Script | readonly ScriptedAnswer[]) {
  const server = await startScriptedServer(script, bed);
  const clock = createEagerClock();
  const client = await armClientFor({ endpoint: server.origin, clock, caFile: bed.caFile });
  const filesystems = createAmlFilesystems({
    client,
    subscriptionId: 'sub',
    apiVersion: defaultStorageCacheApiVersion,
    clock,
  });
  return { server, clock, filesystems };
}

const asked = (requests: readonly { method: string; path: string }[]) =>
  requests.map(({ method, path }) => `${method} ${path}`);

test('a file system is read; what ARM writes as null is absent', async () => {
  const { server, filesystems } = await open([
    { status: 200, body: { ...standing('Succeeded'), zones: null } },
  ]);
  await using _ = server;
  const found = await filesystems.get('rg', 'fs', forever);
  assert.equal(found?.properties.provisioningState, 'Succeeded');
  assert.equal(found !== undefined && 'zones' in found, false);
  assert.deepEqual(asked(server.requests), [`GET ${fsPath}?api-version=2026-08-01`]);
});

test('a file system that is not there is undefined, as is one in a resource group that is not there', async () => {
  const groupless: ScriptedAnswer = { status: 404, body: { error: { code: 'ResourceGroupNotFound' } } };
  const { server, filesystems } = await open([missing, groupless]);
  await using _ = server;
  assert.equal(await filesystems.get('rg', 'fs', forever), undefined);
  assert.equal(await filesystems.get('rg', 'fs', forever), undefined);
});

test('a 404 that says nothing about the file system is no proof that it is gone', async () => {
  const { server, filesystems } = await open([
    { status: 404, body: { error: { code: 'SubscriptionNotFound', message: 'which?' } } },
    { status: 404, body: '<html>' },
  ]);
  await using _ = server;
  await assert.rejects(filesystems.get('rg', 'fs', forever), {
    kind: 'not-found',
    code: 'SubscriptionNotFound',
  });
  await assert.rejects(filesystems.beginDelete('rg', 'fs', forever), { kind: 'not-found', code: '' });
});

test('a state that a later service adds counts as busy', async () => {
  const { server, filesystems } = await open([{ status: 200, body: standing('Expanding') }]);
  await using _ = server;
  assert.equal((await filesystems.get('rg', 'fs', forever))?.properties.provisioningState, 'Updating');
});

test('a body that is not as documented names its field', async () => {
  const { server, filesystems } = await open([{ status: 200, body: { location: 'eastus', properties: {} } }]);
  await using _ = server;
  await assert.rejects(filesystems.get('rg', 'fs', forever), {
    kind: 'server',
    message: /properties\.storageCapacityTiB/,
  });
});

test('a create returns once it is accepted, and its operation is followed with a percentage', async () => {
  const operationPath =
    '/subscriptions/sub/providers/Microsoft.StorageCache/locations/eastus/ascOperations/1';
  const polls: ScriptedAnswer[] = [
    { status: 200, body: { status: 'InProgress', percentComplete: 30 }, headers: { 'retry-after': '5' } },
    { status: 200, body: { status: 'Succeeded' } },
  ];
  const { server, filesystems } = await open(({ method, headers }) => {
    if (method === 'GET') return polls.shift() ?? missing;
    const monitor = `https://${headers.host}${operationPath}?api-version=2026-08-01`;
    return { ...accepted, headers: { 'azure-asyncoperation': monitor } } as ScriptedAnswer;
  });
  await using _ = server;
  const begun = await filesystems.beginCreate('rg', 'fs', wanted, forever);
  assert.equal(begun.properties.provisioningState, 'Creating');
  assert.deepEqual(server.requests[0]?.body, wanted);
  assert.deepEqual(await filesystems.operation?.('rg', 'fs', forever), {
    status: 'InProgress',
    percent: 30,
    retryAfterMs: 5000,
  });
  assert.equal(await filesystems.operation?.('rg', 'fs', forever), undefined);
  assert.deepEqual(asked(server.requests).slice(1), [
    `GET ${operationPath}?api-version=2026-08-01`,
    `GET ${operationPath}?api-version=2026-08-01`,
  ]);
});

test('a create that fails later tells the code of its operation, once', async () => {
  const { server, filesystems } = await open(({ method, headers }) =>
    method === 'PUT'
      ? { ...accepted, headers: { 'azure-asyncoperation': `https://${headers.host}/operations/1` } }
      : { status: 200, body: { status: 'Failed', error: { code: 'CreateTimeout', message: 'too slow' } } },
  );
  await using _ = server;
  await filesystems.beginCreate('rg', 'fs', wanted, forever);
  await assert.rejects(async () => filesystems.operation?.('rg', 'fs', forever), {
    kind: 'server',
    code: 'CreateTimeout',
  });
  assert.equal(await filesystems.operation?.('rg', 'fs', forever), undefined);
});

test('after a restart, and where no operation is named, the state of the file system tells', async () => {
  const { server, filesystems } = await open([accepted, { status: 200, body: standing('Succeeded') }]);
  await using _ = server;
  await filesystems.beginCreate('rg', 'fs', wanted, forever);
  assert.equal(await filesystems.operation?.('rg', 'fs', forever), undefined);
  assert.equal((await filesystems.get('rg', 'fs', forever))?.properties.provisioningState, 'Succeeded');
});

test('a create whose answer is lost is found by asking, not made twice', async () => {
  const { server, filesystems } = await open(['reset', { status: 200, body: standing('Creating') }]);
  await using _ = server;
  const begun = await filesystems.beginCreate('rg', 'fs', wanted, forever);
  assert.equal(begun.properties.provisioningState, 'Creating');
  assert.deepEqual(
    server.requests.map(({ method }) => method),
    ['PUT', 'GET'],
  );
});

test('a create that left nothing behind is repeated a few times, then reported', async () => {
  const { server, filesystems } = await open(({ method }) => (method === 'PUT' ? { status: 504 } : missing));
  await using _ = server;
  await assert.rejects(filesystems.beginCreate('rg', 'fs', wanted, forever), { kind: 'server', status: 504 });
  assert.deepEqual(
    server.requests.map(({ method }) => method),
    ['PUT', 'GET', 'PUT', 'GET', 'PUT', 'GET'],
  );
});

test('a refused create is refused at once', async () => {
  const quota = {
    code: 'OperationNotAllowed',
    message:
      'Operation results in exceeding quota limits of resource type AmlFilesystem. Maximum allowed: 4.',
  };
  const { server, filesystems } = await open([{ status: 409, body: { error: quota } }]);
  await using _ = server;
  await assert.rejects(filesystems.beginCreate('rg', 'fs', wanted, forever), { kind: 'quota-exceeded' });
  assert.equal(server.requests.length, 1);
});

test('a delete returns once it is accepted, and is fine where there is nothing', async () => {
  const { server, filesystems } = await open([{ status: 202 }, { status: 204 }, missing]);
  await using _ = server;
  for (let i = 0; i < 3; i++) await filesystems.beginDelete('rg', 'fs', forever);
  assert.equal(server.requests.length, 3);
});

test('a delete is followed at its Location until the service says it is over', async () => {
  const { server, filesystems } = await open([
    { status: 202, headers: { location: '/operationResults/1' } },
    { status: 202 },
    { status: 204 },
  ]);
  await using _ = server;
  await filesystems.beginDelete('rg', 'fs', forever);
  assert.equal((await filesystems.operation?.('rg', 'fs', forever))?.status, 'InProgress');
  assert.equal(await filesystems.operation?.('rg', 'fs', forever), undefined);
});

test('all pages of file systems are listed', async () => {
  const { server, filesystems } = await open(({ path, headers }) =>
    path.includes('skip')
      ? { status: 200, body: { value: [standing('Creating')] } }
      : {
          status: 200,
          body: { value: [standing('Succeeded')], nextLink: `https://${headers.host}/next?skip=1` },
        },
  );
  await using _ = server;
  const states = (await filesystems.list(forever)).map(({ properties }) => properties.provisioningState);
  assert.deepEqual(states, ['Succeeded', 'Creating']);
});

test('SKUs are asked for once in five minutes, however many ask', async () => {
  const { server, clock, filesystems } = await open(() => ({ status: 200, body: { value: [] } }));
  await using _ = server;
  await Promise.all([filesystems.skus('eastus', forever), filesystems.skus('westus', forever)]);
  await filesystems.skus('eastus', forever);
  assert.equal(server.requests.length, 1);
  clock.pass(5 * 60_000);
  await filesystems.skus('eastus', forever);
  assert.equal(server.requests.length, 2);
});

test('SKUs that could not be read are asked for again by the next caller', async () => {
  const { server, filesystems } = await open([{ status: 403 }, { status: 200, body: { value: [] } }]);
  await using _ = server;
  await assert.rejects(filesystems.skus('eastus', forever), { kind: 'forbidden' });
  assert.deepEqual(await filesystems.skus('eastus', forever), []);
});

test('a caller that leaves while SKUs are read gets the error of a caller that left', async () => {
  const { server, filesystems } = await open(() => 'silence');
  await using _ = server;
  const caller = new AbortController();
  const reading = filesystems.skus('eastus', caller.signal);
  caller.abort(new Error('deadline'));
  await assert.rejects(reading, { kind: 'aborted' });
});

test('the addresses a file system needs are asked of the service', async () => {
  const { server, filesystems } = await open([{ status: 200, body: { filesystemSubnetSize: 10 } }]);
  await using _ = server;
  assert.equal(await filesystems.requiredSubnetSize('AMLFS-Durable-Premium-40', 48, forever), 10);
  assert.deepEqual(server.requests[0]?.body, {
    sku: { name: 'AMLFS-Durable-Premium-40' },
    storageCapacityTiB: 48,
  });
});

test('free addresses are the limit less what is used, of the subnet whose id is the same but for case', async () => {
  const usages = [
    { id: `${subnetId}2`, currentValue: 1, limit: 11 },
    { id: subnetId.toUpperCase(), currentValue: 5, limit: 251, unit: 'Count' },
  ];
  const { server, filesystems } = await open(() => ({ status: 200, body: { value: usages } }));
  await using _ = server;
  const subnet = { subscriptionId: 'sub', resourceGroup: 'net-rg', vnet: 'vnet', subnet: 'lustre' };
  assert.equal(await filesystems.freeSubnetAddresses(subnet, forever), 246);
  assert.equal(await filesystems.freeSubnetAddresses({ ...subnet, subnet: 'other' }, forever), undefined);
  assert.match(server.requests[0]?.path ?? '', /\/virtualNetworks\/vnet\/usages\?api-version=2024-05-01$/);
});

test('the quota is that of file systems, or undefined where the service does not say', async () => {
  const usage = (value: string, currentValue: number) => ({ name: { value }, currentValue, limit: 4 });
  const { server, filesystems } = await open([
    { status: 200, body: { value: [usage('Cache', 0), usage('AmlFilesystem', 3)] } },
    { status: 200, body: { value: [usage('Cache', 0)] } },
  ]);
  await using _ = server;
  assert.deepEqual(await filesystems.quota('eastus', forever), { used: 3, limit: 4 });
  assert.equal(await filesystems.quota('eastus', forever), undefined);
});

test('without a subscription every call says what is missing', async () => {
  const clock = createEagerClock();
  const client = await armClientFor({ endpoint: 'https://arm.invalid', clock });
  const filesystems = createAmlFilesystems({ client, subscriptionId: undefined, apiVersion: 'x', clock });
  for (const call of [
    () => filesystems.get('rg', 'fs', forever),
    () => filesystems.skus('eastus', forever),
  ]) {
    await assert.rejects(call, (error: unknown) => {
      assert.ok(error instanceof AzureError);
      assert.match(error.message, /no Azure subscription is configured/);
      return true;
    });
  }
});

test('names from a volume id cannot leave their place in the path', async () => {
  const { server, filesystems } = await open([missing]);
  await using _ = server;
  await filesystems.get('rg/../..', 'fs?x=1', forever);
  assert.match(
    server.requests[0]?.path ?? '',
    /resourceGroups\/rg%2F\.\.%2F\.\.\/.*\/amlFilesystems\/fs%3Fx%3D1\?/,
  );
});
