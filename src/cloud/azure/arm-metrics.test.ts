import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openMetrics } from '../../telemetry/metrics.ts';
import { createArmMetrics, resourceType } from './arm-metrics.ts';

test('a path is counted by its type, without the names in it', () => {
  const group = '/subscriptions/s/resourceGroups/g/providers/Microsoft.StorageCache';
  assert.equal(resourceType(`${group}/amlFilesystems/pvc-1`), 'Microsoft.StorageCache/amlFilesystems');
  assert.equal(
    resourceType(`${group}/amlFilesystems/pvc-1/expansionJobs/grow`),
    'Microsoft.StorageCache/amlFilesystems/expansionJobs',
  );
  assert.equal(
    resourceType('/subscriptions/s/providers/Microsoft.StorageCache/skus'),
    'Microsoft.StorageCache/skus',
  );
  assert.equal(
    resourceType('/subscriptions/s/providers/Microsoft.StorageCache/locations/eastus/usages'),
    'Microsoft.StorageCache/locations/usages',
  );
  assert.equal(resourceType('/subscriptions/s'), 'Microsoft.Resources');
});

test('every request is in the exposition, one without an answer too', async () => {
  const metrics = await openMetrics();
  const observe = createArmMetrics(metrics);
  const path = '/subscriptions/s/providers/Microsoft.StorageCache/skus';
  observe('GET', path, 429, 0.2);
  observe('GET', path, undefined, 60);
  const { body } = await metrics.exposition();
  for (const status of ['429', 'none'])
    assert.match(
      body,
      new RegExp(`_count\\{method="GET",resource_type="Microsoft.StorageCache/skus",status="${status}"\\} 1`),
    );
  assert.doesNotMatch(body, /subscriptions/);
});
