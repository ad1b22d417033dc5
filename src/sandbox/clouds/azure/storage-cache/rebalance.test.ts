import assert from 'node:assert/strict';
import { test } from 'node:test';
import { content } from '../content.ts';
import { filesystems } from '../testing/filesystem-requests.ts';
import { startTestCloud, type TestCloud } from '../testing/start-test-cloud.ts';

const MINUTE = 60_000;
const filesystem = `${filesystems}/${content.filesystem}`;
const rebalance = `${filesystem}/rebalanceJobs/rebalance-job-1`;
const expand = (cloud: TestCloud, properties: object = {}) =>
  cloud.call('PUT', `${filesystem}/expansionJobs/job-1`, {
    body: { location: 'eastus', properties: { newStorageCapacityTiB: 64, ...properties } },
  });

test('an expansion that is complete leads to a rebalance job, which says how far it is and what is left', async (t) => {
  const cloud = await startTestCloud(t);
  await expand(cloud);
  await cloud.clock.advance(20.5 * MINUTE);
  const job = await cloud.call('GET', `${filesystem}/expansionJobs/job-1`);
  assert.equal(job.at('properties.rebalanceJobId'), rebalance);
  await cloud.clock.advance(5 * MINUTE);
  const running = await cloud.call('GET', rebalance);
  assert.deepEqual(
    [running.at('properties.status.state'), running.at('properties.status.estimatedRemainingSeconds')],
    ['InProgress', 300],
  );
  assert.equal(running.at('properties.expansionJobId'), `${filesystem}/expansionJobs/job-1`);
  assert.equal((await cloud.call('GET', filesystem)).at('properties.health.state'), 'Available');
  assert.equal((await cloud.call('DELETE', rebalance)).status, 409);
  await cloud.clock.advance(5 * MINUTE);
  const ended = (await cloud.call('GET', `${filesystem}/rebalanceJobs`)).at('value.0.properties.status');
  assert.partialDeepStrictEqual(ended, { state: 'Completed', percentComplete: 100 });
  assert.equal((await cloud.call('DELETE', rebalance)).status, 204);
});

test('a rebalance can be left out and cancelled, and older versions do not know it', async (t) => {
  const cloud = await startTestCloud(t);
  await expand(cloud, { runRebalanceJob: false });
  await cloud.clock.advance(21 * MINUTE);
  assert.deepEqual((await cloud.call('GET', `${filesystem}/rebalanceJobs`)).at('value'), []);
  const old = await cloud.call('GET', rebalance, { apiVersion: '2026-01-01' });
  assert.equal(old.at('error.code'), 'NoRegisteredProviderFound');

  const other = await startTestCloud(t);
  await expand(other);
  await other.clock.advance(21 * MINUTE);
  const cancelled = await other.call('PATCH', rebalance, { body: { properties: { adminStatus: 'Cancel' } } });
  assert.equal(cancelled.at('properties.status.state'), 'Canceled');
});

test('growing and rebalancing fail and take longer where a fault has it so', async (t) => {
  const cloud = await startTestCloud(t);
  const fault = (kind: string, parameters: object) => cloud.cloud.faults.set({ kind, parameters });
  fault('lro-failure', { operation: 'expansion', code: 'NoCapacity', atPercent: 50 });
  await expand(cloud);
  await cloud.clock.advance(11 * MINUTE);
  const status = (await cloud.call('GET', `${filesystem}/expansionJobs/job-1`)).at('properties.status');
  assert.partialDeepStrictEqual(status, { state: 'Failed', statusCode: 'NoCapacity' });
  assert.equal((await cloud.call('GET', filesystem)).at('properties.currentStorageCapacityTiB'), 48);

  const slow = await startTestCloud(t);
  slow.cloud.faults.set({ kind: 'lro-slow', parameters: { operation: 'expansion', factor: 3 } });
  slow.cloud.faults.set({ kind: 'lro-failure', parameters: { operation: 'rebalance', code: 'Broken' } });
  await expand(slow);
  await slow.clock.advance(30.5 * MINUTE);
  assert.equal(
    (await slow.call('GET', `${filesystem}/expansionJobs/job-1`)).at('properties.status.percentComplete'),
    49,
  );
  await slow.clock.advance(41 * MINUTE);
  assert.equal((await slow.call('GET', rebalance)).at('properties.status.statusCode'), 'Broken');
});
