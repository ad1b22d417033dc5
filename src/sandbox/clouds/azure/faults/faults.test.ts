import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FAULTS_PATH } from '../../faults/serve-faults.ts';
import { content } from '../content.ts';
import { filesystemRequest, filesystems, network, subscription } from '../testing/filesystem-requests.ts';
import { startTestCloud, type TestCloud } from '../testing/start-test-cloud.ts';

const MINUTE = 60_000;
const path = `${filesystems}/pvc-1`;
const put = (cloud: TestCloud, at = path) => cloud.call('PUT', at, { body: filesystemRequest() });
const statuses = async (cloud: TestCloud, times: number, at = filesystems) => {
  const seen: number[] = [];
  for (let time = 0; time < times; time++) seen.push((await cloud.call('GET', at)).status);
  return seen;
};
/** A call at the sandbox's own door. */
const door = (cloud: TestCloud, method: string, more: { body?: object; id?: string; token?: string } = {}) =>
  cloud.call(method, more.id === undefined ? FAULTS_PATH : `${FAULTS_PATH}/${more.id}`, {
    apiVersion: null,
    headers: { authorization: `Bearer ${more.token ?? cloud.cloud.controlToken}` },
    ...(more.body === undefined ? {} : { body: more.body }),
  });

test('throttling strikes as often as it is told, then no more', async (t) => {
  const cloud = await startTestCloud(t);
  cloud.cloud.faults.set({ kind: 'throttle', parameters: { times: 2, retryAfterSeconds: 7 } });
  const first = await cloud.call('GET', filesystems);
  assert.deepEqual(
    [first.status, first.at('error.code'), first.headers['retry-after']],
    [429, 'TooManyRequests', '7'],
  );
  assert.deepEqual(await statuses(cloud, 3), [429, 200, 200]);
  assert.deepEqual(cloud.cloud.faults.list(), []);
});

test('a rate strikes that share of the requests until it is cleared', async (t) => {
  const numbers = [0.1, 0.9, 0.4, 0.5];
  const cloud = await startTestCloud(t, { random: () => numbers.shift() ?? 0 });
  cloud.cloud.faults.set({ kind: 'server-error', parameters: { rate: 0.5, status: 504 } });
  assert.deepEqual(await statuses(cloud, 5), [504, 200, 504, 200, 504]);
  assert.equal(cloud.cloud.faults.clear(), 1);
  assert.deepEqual(await statuses(cloud, 1), [200]);
});

test('an error of the server has done nothing', async (t) => {
  const cloud = await startTestCloud(t);
  for (const [status, code] of [
    [500, 'InternalServerError'],
    [502, 'BadGateway'],
    [503, 'ServiceUnavailable'],
    [504, 'GatewayTimeout'],
  ] as const) {
    cloud.cloud.faults.set({ kind: 'server-error', parameters: { status } });
    const failed = await put(cloud);
    assert.deepEqual([failed.status, failed.at('error.code')], [status, code]);
  }
  assert.equal((await cloud.call('GET', path)).status, 404);
});

test('a fault strikes only the requests it matches', async (t) => {
  const cloud = await startTestCloud(t);
  cloud.cloud.faults.set({
    kind: 'throttle',
    match: { method: 'put', path: '/AMLFILESYSTEMS/', name: 'pvc-*' },
  });
  assert.equal((await cloud.call('GET', path)).status, 404);
  assert.equal((await put(cloud, `${filesystems}/other`)).status, 201);
  assert.equal((await put(cloud)).status, 429);
  assert.equal((await put(cloud)).status, 201);
});

test('an operation that is to fail is accepted, fails at its time with the code, and can be made again', async (t) => {
  const cloud = await startTestCloud(t);
  cloud.cloud.faults.set({ kind: 'lro-failure', parameters: { code: 'CreateTimeout', atPercent: 50 } });
  const accepted = await put(cloud);
  assert.equal(accepted.status, 201);
  await cloud.clock.advance(6 * MINUTE - 1);
  assert.equal((await cloud.call('GET', path)).at('properties.provisioningState'), 'Creating');
  await cloud.clock.advance(1);
  const operation = await cloud.call('GET', String(accepted.headers['azure-asyncoperation']));
  assert.deepEqual(
    [operation.status, operation.at('status'), operation.at('error.code')],
    [200, 'Failed', 'CreateTimeout'],
  );
  assert.ok(Number(operation.at('percentComplete')) < 51);
  const monitored = await cloud.call('GET', String(accepted.headers.location));
  assert.deepEqual([monitored.status, monitored.at('error.code')], [409, 'CreateTimeout']);
  const failed = await cloud.call('GET', path);
  assert.equal(failed.at('properties.provisioningState'), 'Failed');
  assert.equal(failed.at('properties.clientInfo'), undefined);
  assert.equal(cloud.cloud.filesystems.serving().length, 1);

  assert.equal((await put(cloud)).at('properties.provisioningState'), 'Creating');
  await cloud.clock.advance(12 * MINUTE);
  assert.equal((await cloud.call('GET', path)).at('properties.provisioningState'), 'Succeeded');
});

test('a deletion that fails leaves the file system, which can be deleted again', async (t) => {
  const cloud = await startTestCloud(t);
  cloud.cloud.faults.set({ kind: 'lro-failure', parameters: { operation: 'delete' } });
  await put(cloud);
  await cloud.clock.advance(12 * MINUTE);
  assert.equal((await cloud.call('GET', path)).at('properties.provisioningState'), 'Succeeded');
  await cloud.call('DELETE', path);
  await cloud.clock.advance(10 * MINUTE);
  assert.equal((await cloud.call('GET', path)).at('properties.provisioningState'), 'Failed');
  assert.equal(cloud.cloud.filesystems.serving().length, 2);
  await cloud.call('DELETE', path);
  await cloud.clock.advance(10 * MINUTE);
  assert.equal((await cloud.call('GET', path)).status, 404);
});

test('a lost response has taken effect; reading is not struck', async (t) => {
  const cloud = await startTestCloud(t);
  cloud.cloud.faults.set({ kind: 'lose-response' });
  assert.deepEqual(await statuses(cloud, 1), [200]);
  await assert.rejects(put(cloud), { code: 'ECONNRESET' });
  assert.equal((await cloud.call('GET', path)).at('properties.provisioningState'), 'Creating');
});

test('an expired token is refused as ARM does', async (t) => {
  const cloud = await startTestCloud(t);
  cloud.cloud.faults.set({ kind: 'expire-token' });
  const refused = await cloud.call('GET', filesystems);
  assert.deepEqual([refused.status, refused.at('error.code')], [401, 'ExpiredAuthenticationToken']);
  assert.match(String(refused.headers['www-authenticate']), /error="invalid_token"/);
  assert.deepEqual(await statuses(cloud, 1), [200]);
});

test('an exceeded quota is told in the service’s words and shown as usage', async (t) => {
  const cloud = await startTestCloud(t);
  cloud.cloud.faults.set({ kind: 'quota-exceeded' });
  const refused = await put(cloud);
  assert.deepEqual([refused.status, refused.at('error.code')], [409, 'OperationNotAllowed']);
  assert.equal(
    refused.at('error.message'),
    'Operation results in exceeding quota limits of resource type AmlFilesystem. Maximum allowed: 4, Current in use: 4, Additional requested: 1.',
  );
  const usages = `${subscription}/providers/Microsoft.StorageCache/locations/eastus/usages`;
  const shown = await cloud.call('GET', usages);
  assert.deepEqual([shown.at('value.1.currentValue'), shown.at('value.1.limit')], [4, 4]);
});

test('a quota with a limit lets file systems up to it through', async (t) => {
  const cloud = await startTestCloud(t);
  cloud.cloud.faults.set({ kind: 'quota-exceeded', parameters: { limit: 2 } });
  assert.equal((await put(cloud)).status, 201);
  const refused = await put(cloud, `${filesystems}/pvc-2`);
  assert.match(
    String(refused.at('error.message')),
    /Maximum allowed: 2, Current in use: 2, Additional requested: 1\.$/,
  );
  assert.equal((await put(cloud)).status, 200, 'one that exists is no addition');
});

test('a full subnet refuses and shows so in the network’s usage, the others do not', async (t) => {
  const cloud = await startTestCloud(t);
  cloud.cloud.faults.set({ kind: 'subnet-full', parameters: { subnet: content.subnet, free: 9 } });
  assert.equal((await put(cloud)).at('error.code'), 'SubnetIsFull');
  const usages = await cloud.call('GET', `${network}/usages`);
  assert.deepEqual(
    [usages.at('value.0.currentValue'), usages.at('value.1.currentValue'), usages.at('value.1.limit')],
    [0, 1010, 1019],
  );
});

test('a slow cloud waits in real time before it does anything', async (t) => {
  const cloud = await startTestCloud(t, { timeScale: 1000 });
  cloud.cloud.faults.set({ kind: 'slow', parameters: { milliseconds: 5000, times: 1 } });
  const pending = put(cloud);
  while (!cloud.clock.pending().includes(5000)) await new Promise((resolve) => setImmediate(resolve));
  assert.equal((await cloud.call('GET', path)).status, 404);
  await cloud.clock.advance(5000);
  assert.equal((await pending).status, 201);
});

test('faults outlive a restart, with what is left of them', async (t) => {
  const cloud = await startTestCloud(t);
  cloud.cloud.faults.set({ kind: 'throttle', parameters: { times: 2 } });
  assert.deepEqual(await statuses(cloud, 1), [429]);
  await cloud.restart();
  assert.deepEqual(await statuses(cloud, 2), [429, 200]);
});

test('faults are listed, set and cleared from outside with the control token', async (t) => {
  const cloud = await startTestCloud(t);
  const set = await door(cloud, 'POST', { body: { kind: 'throttle', parameters: { times: '2' } } });
  const other = await door(cloud, 'POST', { body: { kind: 'slow', match: { path: 'never' } } });
  assert.deepEqual([set.status, set.at('remaining'), set.at('id')], [201, 2, 'f0001']);
  const listed = await door(cloud, 'GET');
  assert.deepEqual(listed.at('faults'), [set.body, other.body]);
  assert.deepEqual(
    [listed.at('kinds.0.kind'), listed.at('kinds.0.parameters.0.allowed')],
    ['throttle', 'a whole number from 1 to 1000000'],
  );
  const id = String(other.at('id'));
  assert.equal((await door(cloud, 'DELETE', { id })).at('cleared'), 1);
  const again = await door(cloud, 'DELETE', { id });
  assert.deepEqual([again.status, again.at('message')], [404, 'there is no fault f0002; set are: f0001']);
  assert.equal((await door(cloud, 'DELETE')).at('cleared'), 1);
  const refused = await door(cloud, 'POST', { body: { kind: 'throtle' } });
  assert.equal(refused.status, 400);
  assert.match(String(refused.at('message')), /did you mean throttle/);
  assert.equal((await door(cloud, 'PUT')).status, 405);
});

test('without the control token the door stays shut, and faults do not strike it', async (t) => {
  const cloud = await startTestCloud(t);
  for (const method of ['GET', 'POST', 'DELETE']) {
    assert.equal((await door(cloud, method, { token: 'any' })).status, 401);
  }
  await door(cloud, 'POST', { body: { kind: 'throttle', parameters: { rate: 1 } } });
  assert.equal((await door(cloud, 'GET')).at('faults.length'), 1);
  const token = cloud.cloud.controlToken;
  await cloud.restart();
  assert.equal(cloud.cloud.controlToken, token);
});
