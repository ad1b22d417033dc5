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
import { startTestCloud } from '../testing/start-test-cloud.ts';

test('a request without a usable bearer token is challenged', async (t) => {
  const { call } = await startTestCloud(t);
  const basic = await call('GET', filesystems, { headers: { authorization: 'Basic eDp5' } });
  assert.equal(basic.status, 401);
  assert.equal(basic.at('error.code'), 'AuthenticationFailedInvalidHeader');
  assert.match(
    String(basic.headers['www-authenticate']),
    /^Bearer authorization_uri="https:.*error="invalid_token"/,
  );
  const empty = await call('GET', filesystems, { headers: { authorization: '' } });
  assert.equal(empty.status, 401);
  assert.ok(empty.headers['www-authenticate']);
});

test('versions of the API are checked per resource type', async (t) => {
  const { call } = await startTestCloud(t);
  const answers: [string | null, string, number, string | undefined][] = [
    [null, filesystems, 400, 'MissingApiVersionParameter'],
    ['latest', filesystems, 400, 'InvalidApiVersionParameter'],
    ['2026-13-01', filesystems, 400, 'InvalidApiVersionParameter'],
    ['2019-11-01', filesystems, 400, 'NoRegisteredProviderFound'],
    ['2024-03-02', filesystems, 400, 'NoRegisteredProviderFound'],
    ['2026-09-01', filesystems, 400, 'NoRegisteredProviderFound'],
    ['2023-05-01', filesystems, 200, undefined],
    ['2026-08-01', filesystems, 200, undefined],
    ['2019-11-01', `${subscription}/providers/Microsoft.StorageCache/skus`, 200, undefined],
    ['2024-03-01', `${filesystems}/${content.filesystem}/expansionJobs`, 400, 'NoRegisteredProviderFound'],
    ['2024-05-01', `${network}/usages`, 200, undefined],
    ['2026-03-01', network, 200, undefined],
    ['2027-01-01', network, 400, 'NoRegisteredProviderFound'],
    ['2021-04-01', group, 200, undefined],
  ];
  for (const [apiVersion, path, status, code] of answers) {
    const answer = await call('GET', path, { apiVersion });
    assert.deepEqual([answer.status, answer.at('error.code')], [status, code], `${apiVersion} ${path}`);
  }
  const refused = await call('GET', filesystems, { apiVersion: '2024-03-02' });
  assert.match(String(refused.at('error.message')), /for type 'amlFilesystems'.*'2026-08-01, 2026-01-01, /);
});

test('what is not there is refused with the code of what is missing', async (t) => {
  const { call } = await startTestCloud(t);
  const other = '00000000-0000-0000-0000-000000000001';
  const answers: [string, number, string][] = [
    [`${subscription}/providers/Microsoft.Nothing/things`, 404, 'InvalidResourceNamespace'],
    [`${subscription}/providers/Microsoft.StorageCache/things`, 404, 'InvalidResourceType'],
    [`/subscriptions/${other}/resourceGroups`, 404, 'SubscriptionNotFound'],
    ['/subscriptions/mine/resourceGroups', 400, 'InvalidSubscriptionId'],
    [`${subscription}/resourceGroups/none`, 404, 'ResourceGroupNotFound'],
    [filesystems.replace(content.resourceGroup, 'none'), 404, 'ResourceGroupNotFound'],
    [`${filesystems}/none`, 404, 'ResourceNotFound'],
    ['/nowhere', 404, 'NotFound'],
    [`${filesystems}/%E0%A4`, 400, 'InvalidRequestUri'],
  ];
  for (const [path, status, code] of answers) {
    const answer = await call('GET', path);
    assert.deepEqual([answer.status, answer.at('error.code')], [status, code], path);
  }
  assert.equal((await call('DELETE', network)).at('error.code'), 'HttpMethodNotAllowed');
});

test('paths and query names are taken in any case, names are shown in the case they were made with', async (t) => {
  const { call } = await startTestCloud(t);
  const made = await call('PUT', `${filesystems}/My-Name`, { body: filesystemRequest() });
  assert.equal(made.status, 201);
  const shouted = `${filesystems}/my-name`.toUpperCase().replace('/SUBSCRIPTIONS', '/subscriptions');
  const found = await call('GET', `${shouted}?API-VERSION=2024-03-01`, { apiVersion: null });
  assert.equal(found.status, 200);
  assert.equal(found.at('id'), `${filesystems}/My-Name`);
  assert.equal((await call('PUT', `${filesystems}/MY-NAME`, { body: filesystemRequest() })).status, 200);
});

test('every answer carries request ids, and the caller’s own where it asks for it', async (t) => {
  const { call } = await startTestCloud(t);
  const headers = { 'x-ms-client-request-id': 'mine', 'x-ms-return-client-request-id': 'true' };
  const answer = await call('GET', `${filesystems}/none`, { headers });
  assert.match(String(answer.headers['x-ms-request-id']), /^[0-9a-f-]{36}$/);
  assert.ok(answer.headers['x-ms-correlation-request-id']);
  assert.equal(answer.headers['x-ms-client-request-id'], 'mine');
  assert.equal(answer.headers['cache-control'], 'no-cache');
});

test('bodies that ARM cannot read are refused before anything is made', async (t) => {
  const { call } = await startTestCloud(t);
  const path = `${filesystems}/broken`;
  const broken = await call('PUT', path, { body: '{"location":' });
  assert.deepEqual([broken.status, broken.at('error.code')], [400, 'InvalidRequestContent']);
  const list = await call('PUT', path, { body: [] });
  assert.deepEqual([list.status, list.at('error.code')], [400, 'InvalidRequestContent']);
  const text = await call('PUT', path, { body: {}, headers: { 'content-type': 'text/plain' } });
  assert.deepEqual([text.status, text.at('error.code')], [415, 'UnsupportedMediaType']);
  const huge = await call('PUT', path, { body: 'x'.repeat(4 * 2 ** 20 + 1) });
  assert.deepEqual([huge.status, huge.at('error.code')], [413, 'RequestContentTooLarge']);
  assert.equal((await call('GET', path)).status, 404);
});

test('URLs in answers lead back to the host the caller used', async (t) => {
  const { call, cloud } = await startTestCloud(t);
  const { port } = new URL(cloud.url);
  const made = await call('PUT', `https://localhost:${port}${filesystems}/by-name`, {
    body: filesystemRequest(),
  });
  assert.ok(
    String(made.headers['azure-asyncoperation']).startsWith(`https://localhost:${port}/subscriptions/`),
  );
});
