import assert from 'node:assert/strict';
import { test } from 'node:test';
import { amlFilesystemSkus } from './aml-filesystem-skus.ts';

const sku = (name: string, more: object = {}) => ({
  resourceType: 'amlFilesystems',
  name,
  locations: ['eastus'],
  locationInfo: [{ location: 'eastus', zones: ['1', '2', '3'] }],
  capabilities: [
    { name: 'OSS capacity increment (TiB)', value: '16' },
    { name: 'default maximum capacity (TiB)', value: '128' },
    { name: 'bandwidth increment (MB/s/TiB)', value: '125' },
  ],
  ...more,
});

test('the SKUs of file systems in a location come with sizes and zones', () => {
  assert.deepEqual(amlFilesystemSkus([sku('AMLFS-Durable-Premium-125')], 'eastus'), [
    { name: 'AMLFS-Durable-Premium-125', zones: ['1', '2', '3'], incrementTiB: 16, maximumTiB: 128 },
  ]);
});

test('the sizes of large clusters are known where the location has such', () => {
  const capabilities = [
    { name: 'OSS capacity increment (TiB)', value: '16' },
    { name: 'default maximum capacity (TiB)', value: '128' },
    { name: 'large cluster maximum capacity (TiB)', value: '4096' },
    { name: 'large cluster XL maximum capacity (TiB)', value: '8192' },
  ];
  const [found] = amlFilesystemSkus([sku('A', { capabilities })], 'eastus');
  assert.deepEqual([found?.largeMaximumTiB, found?.extraLargeMaximumTiB], [4096, 8192]);
});

test('type and location compare without case, and the display name of a location serves', () => {
  const entry = sku('A', {
    resourceType: 'AmlFileSystems',
    locationInfo: [{ location: 'EastUS', zones: [] }],
  });
  assert.equal(amlFilesystemSkus([entry], 'East US').length, 1);
});

test('SKUs of caches and of other locations are not offered', () => {
  const cache = sku('Standard_2G', { resourceType: 'caches' });
  const elsewhere = sku('A', { locations: ['westus'], locationInfo: [{ location: 'westus', zones: ['1'] }] });
  assert.deepEqual(amlFilesystemSkus([cache, elsewhere], 'eastus'), []);
});

test('a location without zones is offered without zones, and spoils nothing else', () => {
  const zoneless = sku('A', { locationInfo: [{ location: 'eastus' }] });
  const unlisted = sku('B', { locationInfo: [] });
  assert.deepEqual(
    amlFilesystemSkus([zoneless, unlisted, sku('C')], 'eastus').map(({ name, zones }) => [
      name,
      zones.length,
    ]),
    [
      ['A', 0],
      ['B', 0],
      ['C', 3],
    ],
  );
});

test('an entry that cannot be planned with is left out', () => {
  const sizeless = sku('A', { capabilities: [{ name: 'OSS capacity increment (TiB)', value: '16' }] });
  const odd = sku('B', {
    capabilities: [
      { name: 'OSS capacity increment (TiB)', value: 'many' },
      { name: 'default maximum capacity (TiB)', value: '128' },
    ],
  });
  assert.deepEqual(amlFilesystemSkus([sizeless, odd, 'nonsense', undefined, { name: 'C' }], 'eastus'), []);
});
