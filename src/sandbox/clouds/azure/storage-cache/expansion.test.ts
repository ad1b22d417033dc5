import assert from 'node:assert/strict';
import { test } from 'node:test';
import { content } from '../content.ts';
import { filesystems, network } from '../testing/filesystem-requests.ts';
import { startTestCloud, type TestCloud } from '../testing/start-test-cloud.ts';

const MINUTE = 60_000;
const filesystem = `${filesystems}/${content.filesystem}`;
const put = (cloud: TestCloud, job: string, newStorageCapacityTiB: unknown) =>
  cloud.call('PUT', `${filesystem}/expansionJobs/${job}`, {
    body: { location: 'eastus', properties: { newStorageCapacityTiB } },
  });

test('a job makes the file system grow, and takes its addresses from the start', async (t) => {
  const cloud = await startTestCloud(t);
  const used = async () => (await cloud.call('GET', `${network}/usages`)).at('value.1.currentValue');
  const before = Number(await used());
  const accepted = await put(cloud, 'job-1', 64);
  assert.equal(accepted.status, 201);
  assert.equal(accepted.at('properties.provisioningState'), 'Creating');
  assert.equal(await used(), before + 5);
  await cloud.clock.advance(0.5 * MINUTE);
  assert.equal(
    (await cloud.call('GET', String(accepted.headers['azure-asyncoperation']))).at('status'),
    'Succeeded',
  );

  await cloud.clock.advance(10 * MINUTE);
  const job = await cloud.call('GET', `${filesystem}/expansionJobs/JOB-1`);
  assert.deepEqual(
    [job.at('properties.provisioningState'), job.at('properties.status.state')],
    ['Succeeded', 'InProgress'],
  );
  assert.equal(job.at('properties.status.percentComplete'), 50);
  const growing = await cloud.call('GET', filesystem);
  assert.deepEqual(
    [growing.at('properties.health.state'), growing.at('properties.currentStorageCapacityTiB')],
    ['Expanding', 48],
  );

  await cloud.clock.advance(10 * MINUTE);
  const grown = await cloud.call('GET', filesystem);
  assert.deepEqual(
    [grown.at('properties.storageCapacityTiB'), grown.at('properties.currentStorageCapacityTiB')],
    [48, 64],
  );
  assert.equal(grown.at('properties.health.state'), 'Available');
  assert.equal(
    (await cloud.call('GET', `${filesystem}/expansionJobs`)).at('value.0.properties.status.state'),
    'Completed',
  );
  assert.equal(await used(), before + 5);
});

test('sizes that are no growth are refused, and so is a second job while one runs', async (t) => {
  const cloud = await startTestCloud(t);
  for (const size of [48, 32, 50, 144, '64', null]) {
    const refused = await put(cloud, 'job-1', size);
    assert.deepEqual(
      [refused.status, refused.at('error.target')],
      [400, 'properties.newStorageCapacityTiB'],
      String(size),
    );
  }
  assert.equal((await put(cloud, 'job-1', 64)).status, 201);
  assert.equal((await put(cloud, 'job-1', 64)).status, 200);
  assert.equal((await put(cloud, 'job-1', 80)).at('error.code'), 'PropertyChangeNotAllowed');
  assert.equal((await put(cloud, 'job-2', 80)).at('error.code'), 'AnotherOperationInProgress');
  assert.equal((await cloud.call('DELETE', `${filesystem}/expansionJobs/job-1`)).status, 409);
});

test('deleting an ended job forgets the job and keeps the size', async (t) => {
  const cloud = await startTestCloud(t);
  await put(cloud, 'job-1', 64);
  await cloud.clock.advance(21 * MINUTE);
  assert.equal((await cloud.call('DELETE', `${filesystem}/expansionJobs/job-1`)).status, 204);
  assert.equal(
    (await cloud.call('GET', `${filesystem}/expansionJobs/job-1`)).at('error.code'),
    'ResourceNotFound',
  );
  assert.equal((await cloud.call('GET', filesystem)).at('properties.currentStorageCapacityTiB'), 64);
});

test('an expansion that fails leaves the size, and another may follow', async (t) => {
  const cloud = await startTestCloud(t);
  cloud.cloud.faults.set({
    kind: 'lro-failure',
    parameters: { operation: 'expand', code: 'AscInternalError' },
  });
  const accepted = await put(cloud, 'job-1', 64);
  await cloud.clock.advance(MINUTE);
  assert.equal(
    (await cloud.call('GET', String(accepted.headers['azure-asyncoperation']))).at('error.code'),
    'AscInternalError',
  );
  assert.equal(
    (await cloud.call('GET', `${filesystem}/expansionJobs/job-1`)).at('properties.status.state'),
    'Failed',
  );
  assert.equal((await cloud.call('GET', filesystem)).at('properties.currentStorageCapacityTiB'), 48);
  assert.equal((await put(cloud, 'job-2', 64)).status, 201);
});
