import assert from 'node:assert/strict';
import { existsSync, statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { content } from '../content.ts';
import { filesystemRequest, filesystems } from '../testing/filesystem-requests.ts';
import { type Answer, startTestCloud, type TestCloud } from '../testing/start-test-cloud.ts';

const MINUTE = 60_000;
const path = `${filesystems}/pvc-1`;

const put = (test: TestCloud, changes = {}) => test.call('PUT', path, { body: filesystemRequest(changes) });
const operationOf = (answer: Answer) => String(answer.headers['azure-asyncoperation']);
const stateOf = async (test: TestCloud) => (await test.call('GET', path)).at('properties.provisioningState');

test('a creation takes twelve minutes, tells its percentage, and names the MGS at its end', async (t) => {
  const cloud = await startTestCloud(t);
  const accepted = await put(cloud, { tags: { a: 'b' } });
  assert.equal(accepted.status, 201);
  assert.equal(accepted.at('properties.provisioningState'), 'Creating');
  assert.equal(accepted.headers['retry-after'], '30');
  const poll = () => cloud.call('GET', operationOf(accepted));

  const percentages: unknown[] = [(await poll()).at('percentComplete')];
  for (let minute = 0; minute < 11; minute++) {
    await cloud.clock.advance(MINUTE);
    const status = await poll();
    assert.deepEqual([status.status, status.at('status')], [200, 'InProgress']);
    assert.equal(status.headers['retry-after'], '30');
    percentages.push(status.at('percentComplete'));
  }
  assert.deepEqual(percentages, [0, 8, 16, 24, 33, 41, 49, 57, 66, 74, 82, 90]);
  assert.equal((await cloud.call('GET', path)).at('properties.clientInfo'), undefined);

  await cloud.clock.advance(MINUTE);
  const ended = await poll();
  assert.deepEqual([ended.at('status'), ended.at('percentComplete')], ['Succeeded', 100]);
  assert.equal(
    Date.parse(String(ended.at('endTime'))) - Date.parse(String(ended.at('startTime'))),
    12 * MINUTE,
  );
  const made = await cloud.call('GET', path);
  assert.equal(made.at('properties.provisioningState'), 'Succeeded');
  assert.match(String(made.at('properties.clientInfo.mgsAddress')), /^127\.\d+\.\d+\.\d+$/);
  assert.equal(made.at('properties.health.state'), 'Available');
  assert.deepEqual(made.at('tags'), { a: 'b' });
});

test('its Location answers 202 until the file system is there, then with it', async (t) => {
  const cloud = await startTestCloud(t);
  const location = String((await put(cloud)).headers.location);
  const waiting = await cloud.call('GET', location);
  assert.equal(waiting.status, 202);
  assert.ok(waiting.headers.location && waiting.headers['retry-after']);
  await cloud.clock.advance(12 * MINUTE);
  const done = await cloud.call('GET', location);
  assert.deepEqual([done.status, done.at('name')], [200, 'pvc-1']);
});

test('a time scale shortens long work and what clients are asked to wait', async (t) => {
  const cloud = await startTestCloud(t, { timeScale: 60 });
  assert.equal((await put(cloud)).headers['retry-after'], '1');
  await cloud.clock.advance(11_999);
  assert.equal(await stateOf(cloud), 'Creating');
  await cloud.clock.advance(1);
  assert.equal(await stateOf(cloud), 'Succeeded');
});

test('a repeated PUT follows the creation that runs instead of starting another', async (t) => {
  const cloud = await startTestCloud(t);
  const first = await put(cloud);
  await cloud.clock.advance(5 * MINUTE);
  const second = await put(cloud);
  assert.equal(second.status, 200);
  assert.equal(operationOf(second), operationOf(first));
  await cloud.clock.advance(7 * MINUTE);
  assert.equal(await stateOf(cloud), 'Succeeded');
});

test('a PUT on a finished file system is an update, which takes its time', async (t) => {
  const cloud = await startTestCloud(t);
  await put(cloud);
  await cloud.clock.advance(12 * MINUTE);
  const update = await put(cloud, { tags: { x: 'y' } });
  assert.deepEqual([update.status, update.at('properties.provisioningState')], [200, 'Updating']);
  await cloud.clock.advance(MINUTE);
  const updated = await cloud.call('GET', path);
  assert.equal(updated.at('properties.provisioningState'), 'Succeeded');
  assert.deepEqual(updated.at('tags'), { x: 'y' });
});

test('a PUT that would change what cannot change is refused, and leaves all as it was', async (t) => {
  const cloud = await startTestCloud(t);
  await put(cloud);
  await cloud.clock.advance(12 * MINUTE);
  for (const [changes, code] of [
    [{ zones: ['2'] }, 'PropertyChangeNotAllowed'],
    [
      { sku: { name: 'AMLFS-Durable-Premium-250' }, properties: { storageCapacityTiB: 8 } },
      'PropertyChangeNotAllowed',
    ],
    [{ properties: { storageCapacityTiB: 8 } }, 'PropertyChangeNotAllowed'],
    [{ location: 'eastus2' }, 'InvalidResourceLocation'],
  ] as const) {
    const refused = await put(cloud, { tags: { changed: 'yes' }, ...changes });
    assert.deepEqual([refused.status, refused.at('error.code')], [409, code]);
  }
  const kept = await cloud.call('GET', path);
  assert.deepEqual([kept.at('properties.provisioningState'), kept.at('tags')], ['Succeeded', {}]);
});

test('a deletion takes ten minutes, is joined when repeated, and has nothing to do afterwards', async (t) => {
  const cloud = await startTestCloud(t);
  await put(cloud);
  await cloud.clock.advance(12 * MINUTE);
  const accepted = await cloud.call('DELETE', path);
  assert.equal(accepted.status, 202);
  assert.equal(operationOf(await cloud.call('DELETE', path)), operationOf(accepted));
  assert.equal((await put(cloud)).at('error.code'), 'AnotherOperationInProgress');
  await cloud.clock.advance(10 * MINUTE - 1);
  assert.equal(await stateOf(cloud), 'Deleting');
  await cloud.clock.advance(1);
  assert.equal((await cloud.call('GET', path)).status, 404);
  assert.equal((await cloud.call('GET', operationOf(accepted))).at('status'), 'Succeeded');
  assert.equal((await cloud.call('GET', String(accepted.headers.location))).status, 204);
  assert.equal((await cloud.call('DELETE', path)).status, 204);
});

test('a deletion overtakes a creation, which ends as canceled', async (t) => {
  const cloud = await startTestCloud(t);
  const creation = await put(cloud);
  await cloud.clock.advance(MINUTE);
  assert.equal((await cloud.call('DELETE', path)).status, 202);
  const canceled = await cloud.call('GET', operationOf(creation));
  assert.deepEqual([canceled.at('status'), canceled.at('error.code')], ['Canceled', 'OperationPreempted']);
  await cloud.clock.advance(20 * MINUTE);
  assert.equal((await cloud.call('GET', path)).status, 404);
  assert.deepEqual(
    cloud.cloud.filesystems.serving().map(({ name }) => name),
    [content.filesystem],
  );
});

test('tags are patched at once, a window by an operation, other properties not at all', async (t) => {
  const cloud = await startTestCloud(t);
  await put(cloud, { tags: { a: '1' } });
  await cloud.clock.advance(12 * MINUTE);
  const patch = (body: object) => cloud.call('PATCH', path, { body });
  const tagged = await patch({ tags: { b: '2' } });
  assert.deepEqual([tagged.status, tagged.at('tags')], [200, { b: '2' }]);
  const window = await patch({
    properties: { maintenanceWindow: { dayOfWeek: 'Monday', timeOfDayUTC: '3:00' } },
  });
  assert.deepEqual([window.status, window.at('properties.provisioningState')], [202, 'Updating']);
  assert.equal(
    (await patch({ properties: { rootSquashSettings: {} } })).at('error.code'),
    'AnotherOperationInProgress',
  );
  await cloud.clock.advance(MINUTE);
  assert.equal((await cloud.call('GET', path)).at('properties.maintenanceWindow.dayOfWeek'), 'Monday');
  assert.equal(
    (await patch({ properties: { storageCapacityTiB: 8 } })).at('error.target'),
    'properties.storageCapacityTiB',
  );
});

test('a file system serves from a directory of its own shortly before ARM calls it ready, until it is deleted', async (t) => {
  const cloud = await startTestCloud(t);
  const told: string[][] = [];
  cloud.cloud.filesystems.onChange((serving) => told.push(serving.map(({ name }) => name)));
  await put(cloud);
  await cloud.clock.advance(11 * MINUTE);
  assert.deepEqual(told, [[content.filesystem]]);
  await cloud.clock.advance(0.5 * MINUTE);
  assert.deepEqual(told.at(-1), [content.filesystem, 'pvc-1']);
  assert.equal(await stateOf(cloud), 'Creating');

  const { mgsAddress, dataDirectory } = cloud.cloud.filesystems.serving()[1] ?? {};
  assert.equal(dataDirectory, join(cloud.stateDir, 'lustre', String(mgsAddress), 'data'));
  assert.equal(statSync(dataDirectory).mode & 0o777, 0o755);
  await writeFile(join(dataDirectory, 'file'), 'text');

  await cloud.clock.advance(MINUTE);
  await cloud.call('DELETE', path);
  await cloud.clock.advance(9 * MINUTE);
  assert.ok(existsSync(join(dataDirectory, 'file')), 'data stay until the deletion has ended');
  await cloud.clock.advance(MINUTE);
  assert.deepEqual(told.at(-1), [content.filesystem]);
  assert.equal(existsSync(dataDirectory), false);
});

test('a new sandbox has one file system that serves, under the names of the tutorial', async (t) => {
  const { cloud, call } = await startTestCloud(t);
  const { resourceGroup, location, vnet, subnet } = cloud;
  assert.deepEqual(
    { resourceGroup, location, vnet, subnet },
    { resourceGroup: 'my-resource-group', location: 'eastus', vnet: 'my-vnet', subnet: 'my-subnet' },
  );
  const list = await call('GET', filesystems);
  assert.equal(list.at('value.length'), 1);
  assert.equal(list.at('value.0.properties.clientInfo.mgsAddress'), cloud.mgsAddress);
  assert.ok(cloud.filesystems.serving().every(({ dataDirectory }) => existsSync(dataDirectory)));
});

test('older versions of the API do not show what came later', async (t) => {
  const { call } = await startTestCloud(t);
  const one = `${filesystems}/${content.filesystem}`;
  const late = await call('GET', one, { apiVersion: '2026-01-01' });
  const early = await call('GET', one, { apiVersion: '2024-03-01' });
  assert.deepEqual(
    [late.at('properties.currentStorageCapacityTiB'), early.at('properties.currentStorageCapacityTiB')],
    [48, undefined],
  );
  assert.equal(early.at('properties.throughputProvisionedMBps'), 6000);
});
