import assert from 'node:assert/strict';
import { test } from 'node:test';
import { subscription } from '../testing/filesystem-requests.ts';
import { startTestCloud } from '../testing/start-test-cloud.ts';
import { findSku, requiredAddresses } from './skus.ts';

/** Sizes of Premium-500 in TiB and the longest prefix the service's guidance gives them. */
const guidance: readonly [number, number, number][] = [
  [4, 16, 27],
  [20, 40, 26],
  [44, 92, 25],
  [96, 196, 24],
  [200, 400, 23],
];

test('the addresses a size needs agree with the service’s sizing table at both ends of each row', () => {
  const sku = findSku('AMLFS-Durable-Premium-500');
  assert.ok(sku);
  const room = (prefix: number) => 2 ** (32 - prefix) - 5;
  for (const [from, to, prefix] of guidance) {
    assert.ok(requiredAddresses(sku, to) <= room(prefix), `${to} TiB fit a /${prefix}`);
    if (prefix === 27) continue;
    assert.ok(requiredAddresses(sku, from) > room(prefix + 1), `${from} TiB do not fit a /${prefix + 1}`);
  }
});

test('48 TiB of Premium-40 take the ten addresses of the service’s sample', async (t) => {
  const { call } = await startTestCloud(t);
  const path = `${subscription}/providers/Microsoft.StorageCache/getRequiredAmlFSSubnetsSize`;
  const ask = (name: string, storageCapacityTiB: unknown) =>
    call('POST', path, { body: { sku: { name }, storageCapacityTiB } });
  assert.equal((await ask('AMLFS-Durable-Premium-40', 48)).at('filesystemSubnetSize'), 10);
  assert.equal((await ask('AMLFS-Durable-Premium-125', 48)).at('filesystemSubnetSize'), 20);
  assert.equal((await ask('AMLFS-Durable-Premium-1', 48)).at('error.target'), 'sku.name');
  assert.equal((await ask('AMLFS-Durable-Premium-40', 0)).at('error.target'), 'storageCapacityTiB');
});

test('the SKU list holds other products, and locations without zones in both of Azure’s ways', async (t) => {
  const { call } = await startTestCloud(t, { pageSize: 4 });
  const entries: { resourceType: string; locationInfo: { location: string; zones: string[] | null }[] }[] =
    [];
  for (
    let url: unknown = `${subscription}/providers/Microsoft.StorageCache/skus`;
    typeof url === 'string';
  ) {
    const answer = await call('GET', url);
    assert.ok(Array.isArray(answer.at('value')));
    entries.push(...(answer.at('value') as typeof entries));
    url = answer.at('nextLink');
  }
  assert.deepEqual([...new Set(entries.map((entry) => entry.resourceType))].sort(), [
    'amlFilesystems',
    'caches',
  ]);
  const zones = (location: string) =>
    entries
      .filter((entry) => entry.resourceType === 'amlFilesystems')
      .flatMap((entry) => entry.locationInfo)
      .filter((info) => info.location === location)
      .map((info) => info.zones);
  assert.deepEqual(zones('eastus'), Array(4).fill(['1', '2', '3']));
  assert.deepEqual(zones('westus'), Array(4).fill([]));
  assert.deepEqual(zones('northcentralus'), Array(4).fill(null));
});
