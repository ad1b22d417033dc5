import assert from 'node:assert/strict';
import { test } from 'node:test';
import { content } from '../content.ts';
import {
  filesystemRequest,
  filesystems,
  group,
  network,
  subscription,
} from '../testing/filesystem-requests.ts';
import { startTestCloud, type TestCloud } from '../testing/start-test-cloud.ts';

const MINUTE = 60_000;
const small = `${network}/subnets/${content.smallSubnet}`;

async function used(cloud: TestCloud, subnetId: string): Promise<number> {
  const answer = await cloud.call('GET', `${network}/usages`);
  const value = answer.at('value') as { id: string; currentValue: number }[];
  return value.find(({ id }) => id === subnetId)?.currentValue ?? Number.NaN;
}

test('networks and subnets are shown with their IDs in the case they were made with', async (t) => {
  const { call } = await startTestCloud(t);
  const found = await call('GET', network.toUpperCase().replace('/SUBSCRIPTIONS', '/subscriptions'));
  assert.equal(found.at('id'), network);
  assert.deepEqual(
    (found.at('properties.subnets') as { id: string }[]).map(({ id }) => id),
    [`${network}/subnets/${content.subnet}`, small],
  );
  assert.equal((await call('GET', small)).at('properties.addressPrefix'), '10.0.4.0/28');
  assert.equal((await call('GET', `${small}x`)).at('error.code'), 'ResourceNotFound');
  assert.equal((await call('GET', `${network}x/usages`)).at('error.code'), 'ResourceNotFound');
  const all = `${subscription}/providers/Microsoft.Network/virtualNetworks`;
  assert.equal((await call('GET', all)).at('value.0.id'), network);
  assert.equal((await call('GET', `${network}/subnets`)).at('value.length'), 2);
});

test('a file system takes its addresses when accepted and gives them back when deleted', async (t) => {
  const cloud = await startTestCloud(t);
  const subnet = `${network}/subnets/${content.subnet}`;
  const before = await used(cloud, subnet);
  assert.equal(before, 20, 'those of the file system that is there from the beginning');
  const inAnyCase = subnet.toLowerCase();
  await cloud.call('PUT', `${filesystems}/a1`, {
    body: filesystemRequest({ properties: { storageCapacityTiB: 16, filesystemSubnet: inAnyCase } }),
  });
  assert.equal(await used(cloud, subnet), before + 25);
  await cloud.clock.advance(12 * MINUTE);
  await cloud.call('DELETE', `${filesystems}/a1`);
  await cloud.clock.advance(9 * MINUTE);
  assert.equal(await used(cloud, subnet), before + 25);
  await cloud.clock.advance(MINUTE);
  assert.equal(await used(cloud, subnet), before);
});

test('a subnet without room refuses a file system, at the check and at the creation', async (t) => {
  const { call } = await startTestCloud(t);
  const put = (name: string) =>
    call('PUT', `${filesystems}/${name}`, {
      body: filesystemRequest({ properties: { filesystemSubnet: small } }),
    });
  const check = () =>
    call('POST', `${subscription}/providers/Microsoft.StorageCache/checkAmlFSSubnets`, {
      body: { filesystemSubnet: small, sku: { name: 'AMLFS-Durable-Premium-500' }, storageCapacityTiB: 4 },
    });
  assert.equal((await check()).status, 200);
  assert.equal((await put('first')).status, 201);
  const refused = await put('second');
  assert.deepEqual([refused.status, refused.at('error.code')], [400, 'SubnetIsFull']);
  assert.equal((await call('GET', `${filesystems}/second`)).status, 404);
  const checked = await check();
  assert.deepEqual([checked.status, checked.at('filesystemSubnet.status')], [400, 'Invalid']);
  assert.match(String(checked.at('filesystemSubnet.message')), /1 available.*10 are required/);
});

test('a subnet that is not there, or is elsewhere, is refused', async (t) => {
  const { call } = await startTestCloud(t);
  for (const [changes, code] of [
    [{ properties: { filesystemSubnet: `${small}x` } }, 'InvalidResourceReference'],
    [{ properties: { filesystemSubnet: 'my-subnet' } }, 'InvalidResourceReference'],
    [{ location: 'westeurope' }, 'InvalidResourceReference'],
  ] as const) {
    const refused = await call('PUT', `${filesystems}/a1`, { body: filesystemRequest(changes) });
    assert.deepEqual([refused.status, refused.at('error.code')], [400, code]);
  }
});

test('resource groups can be made, found, listed and not moved', async (t) => {
  const { call } = await startTestCloud(t, { pageSize: 1 });
  const other = `${group}-2`;
  const put = (location: unknown) => call('PUT', other, { body: { location, tags: { a: 'b' } } });
  assert.equal((await call('HEAD', other)).status, 404);
  assert.equal((await put(undefined)).at('error.code'), 'LocationRequired');
  assert.equal((await put('West Europe')).status, 201);
  assert.equal((await put('westeurope')).status, 200);
  assert.equal((await put('eastus')).at('error.code'), 'InvalidResourceGroupLocation');
  assert.equal((await call('HEAD', other)).status, 204);
  assert.equal((await call('GET', other.toLowerCase())).at('location'), 'westeurope');
  const first = await call('GET', `${subscription}/resourceGroups`);
  assert.equal(first.at('value.0.name'), content.resourceGroup);
  const second = await call('GET', String(first.at('nextLink')));
  assert.deepEqual([second.at('value.0.id'), second.at('nextLink')], [other, undefined]);
  assert.equal(
    (await call('PUT', `${group}.`, { body: { location: 'eastus' } })).at('error.code'),
    'InvalidResourceGroup',
  );
});

test('the subscription, its tenant and its providers are told', async (t) => {
  const { call, cloud } = await startTestCloud(t);
  assert.equal((await call('GET', subscription)).at('state'), 'Enabled');
  assert.equal((await call('GET', '/tenants')).at('value.0.tenantId'), cloud.tenantId);
  assert.equal((await call('GET', '/subscriptions')).at('value.0.subscriptionId'), cloud.subscriptionId);
  const provider = await call('GET', `${subscription}/providers/microsoft.storagecache`);
  assert.deepEqual(
    [provider.at('namespace'), provider.at('registrationState')],
    ['Microsoft.StorageCache', 'Registered'],
  );
  assert.equal((await call('GET', `${subscription}/providers`)).at('value.length'), 3);
  assert.equal((await call('GET', `${subscription}/locations`)).at('value.0.name'), 'eastus');
});
