import assert from 'node:assert/strict';
import { test } from 'node:test';
import { content } from '../content.ts';
import { filesystemRequest, filesystems, group } from '../testing/filesystem-requests.ts';
import { startTestCloud, type TestCloud } from '../testing/start-test-cloud.ts';

const MINUTE = 60_000;
const containers = `${group}/providers/Microsoft.Storage/storageAccounts/acc/blobServices/default/containers`;
const hsm = {
  settings: {
    container: `${containers}/data`,
    loggingContainer: `${containers}/log`,
    importPrefixesInitial: ['/a'],
  },
};
const filesystem = `${filesystems}/linked`;

/** A file system with a blob container, ready. */
async function linked(t: Parameters<typeof startTestCloud>[0]): Promise<TestCloud> {
  const cloud = await startTestCloud(t);
  const made = await cloud.call('PUT', filesystem, { body: filesystemRequest({ properties: { hsm } }) });
  assert.equal(made.status, 201);
  await cloud.clock.advance(12 * MINUTE);
  return cloud;
}
const put = (cloud: TestCloud, path: string, properties: object = {}) =>
  cloud.call('PUT', `${filesystem}/${path}`, { body: { location: 'eastus', properties } });
const stateOf = async (cloud: TestCloud, path: string) =>
  (await cloud.call('GET', `${filesystem}/${path}`)).at('properties.status.state');

test('a file system made with a container imports what it was told to, once', async (t) => {
  const cloud = await linked(t);
  const job = (await cloud.call('GET', `${filesystem}/importJobs`)).at('value.0.properties');
  assert.partialDeepStrictEqual(job, { importPrefixes: ['/a'], status: { state: 'InProgress' } });
  await cloud.clock.advance(6 * MINUTE);
  assert.equal(await stateOf(cloud, 'importJobs/initial-import'), 'Completed');
});

test('an automatic job is made by an operation, goes on until it is disabled, and can be enabled again', async (t) => {
  const cloud = await linked(t);
  for (const kind of ['autoImportJobs', 'autoExportJobs']) {
    const accepted = await put(cloud, `${kind}/mine`);
    assert.equal(accepted.status, 201);
    assert.equal(accepted.at('properties.provisioningState'), 'Creating');
    await cloud.clock.advance(MINUTE);
    const operation = await cloud.call('GET', String(accepted.headers['azure-asyncoperation']));
    assert.equal(operation.at('status'), 'Succeeded');
    assert.equal((await put(cloud, `${kind}/mine`)).status, 200);
    assert.equal((await put(cloud, `${kind}/other`)).at('error.code'), 'AnotherOperationInProgress');
    await cloud.clock.advance(600 * MINUTE);
    assert.equal(await stateOf(cloud, `${kind}/mine`), 'InProgress');
    const patch = (adminStatus: string) =>
      cloud.call('PATCH', `${filesystem}/${kind}/mine`, { body: { properties: { adminStatus } } });
    assert.equal((await patch('Disable')).at('properties.status.state'), 'Disabling');
    await cloud.clock.advance(MINUTE);
    assert.equal(await stateOf(cloud, `${kind}/mine`), 'Disabled');
    assert.equal((await patch('Enable')).at('properties.status.state'), 'InProgress');
    assert.equal((await patch('Maybe')).at('error.target'), 'properties.adminStatus');
    assert.equal((await cloud.call('DELETE', `${filesystem}/${kind}/mine`)).status, 204);
    assert.equal((await cloud.call('GET', `${filesystem}/${kind}/mine`)).status, 404);
  }
});

test('jobs without a container, and with wrong words, are refused by field', async (t) => {
  const cloud = await linked(t);
  const unlinked = `${filesystems}/${content.filesystem}/autoExportJobs/x1`;
  const refused = await cloud.call('PUT', unlinked, { body: { location: 'eastus' } });
  assert.equal(refused.at('error.code'), 'HsmNotConfigured');
  const cases: [string, object, string][] = [
    ['autoExportJobs/a1', { autoExportPrefixes: ['/a', '/b'] }, 'properties.autoExportPrefixes'],
    ['autoImportJobs/a1', { autoImportPrefixes: ['a'] }, 'properties.autoImportPrefixes'],
    ['autoImportJobs/a1', { conflictResolutionMode: 'Guess' }, 'properties.conflictResolutionMode'],
    ['importJobs/a1', { maximumErrors: -2 }, 'properties.maximumErrors'],
  ];
  for (const [path, properties, target] of cases)
    assert.equal((await put(cloud, path, properties)).at('error.target'), target);
});

test('what cannot be linked is refused when the file system is made', async (t) => {
  const cloud = await startTestCloud(t);
  const other = containers.replace('/acc/', '/other/');
  for (const settings of [
    { ...hsm.settings, container: 'data' },
    { ...hsm.settings, loggingContainer: `${other}/log` },
    { ...hsm.settings, loggingContainer: hsm.settings.container },
  ]) {
    const body = filesystemRequest({ properties: { hsm: { settings } } });
    assert.match(
      String((await cloud.call('PUT', filesystem, { body })).at('error.target')),
      /^properties\.hsm\.settings/,
    );
  }
  const squash = filesystemRequest({ properties: { rootSquashSettings: { mode: 'Some' } } });
  assert.equal(
    (await cloud.call('PUT', filesystem, { body: squash })).at('error.target'),
    'properties.rootSquashSettings.mode',
  );
});

test('a deleted file system takes its jobs with it', async (t) => {
  const cloud = await linked(t);
  await put(cloud, 'autoExportJobs/mine');
  await cloud.call('DELETE', filesystem);
  await cloud.clock.advance(11 * MINUTE);
  await cloud.call('PUT', filesystem, { body: filesystemRequest() });
  await cloud.clock.advance(13 * MINUTE);
  assert.deepEqual((await cloud.call('GET', `${filesystem}/autoExportJobs`)).at('value'), []);
});
