import assert from 'node:assert/strict';
import { test } from 'node:test';
import { content } from '../content.ts';
import { startTestCloud, type TestCloud } from '../testing/start-test-cloud.ts';

const FileSystemId = content.fileSystemId;

function create({ efs }: TestCloud, token: string, more: object = {}, accessKeyId?: string) {
  const body = { ClientToken: token, FileSystemId, ...more };
  return efs('POST', 'access-points', { body, ...(accessKeyId && { accessKeyId }) });
}

async function list({ efs }: TestCloud, query: string): Promise<{ tokens: string[]; next: unknown }> {
  const { body } = await efs('GET', `access-points?${query}`);
  const points = body.AccessPoints as { readonly ClientToken: string }[];
  return { tokens: points.map(({ ClientToken }) => ClientToken), next: body.NextToken };
}

test('an access point is creating, then available, then deleting, then gone', async (t) => {
  const cloud = await startTestCloud(t);
  const { body: made } = await create(cloud, 'a');
  assert.match(String(made.AccessPointId), /^fsap-[0-9a-f]{17}$/);
  assert.equal(made.LifeCycleState, 'creating');
  assert.deepEqual(made.RootDirectory, { Path: '/' });
  const state = async () => {
    const { body, error } = await cloud.efs('GET', `access-points?AccessPointId=${made.AccessPointId}`);
    return error ?? (body.AccessPoints as { readonly LifeCycleState: string }[])[0]?.LifeCycleState;
  };
  await cloud.clock.advance(2000);
  assert.equal(await state(), 'available');
  assert.equal((await cloud.efs('DELETE', `access-points/${made.AccessPointId}`)).status, 204);
  assert.equal(await state(), 'deleting');
  await cloud.clock.advance(2000);
  assert.equal(await state(), 'AccessPointNotFound');
  assert.equal((await cloud.efs('DELETE', `access-points/${made.AccessPointId}`)).status, 404);
});

test('a client token makes one access point per account, whatever the file system', async (t) => {
  const cloud = await startTestCloud(t);
  const first = await create(cloud, 'token');
  const again = await create(cloud, 'token', { FileSystemId: content.oneZoneFileSystemId });
  assert.deepEqual(
    [again.status, again.error, again.body.AccessPointId],
    [409, 'AccessPointAlreadyExists', first.body.AccessPointId],
  );
  const other = { FileSystemId: content.otherFileSystemId };
  assert.equal((await create(cloud, 'token', other, content.otherAccount)).status, 200);
});

test('a token may be used again once its access point is gone', async (t) => {
  const cloud = await startTestCloud(t);
  const { body } = await create(cloud, 'token');
  await cloud.efs('DELETE', `access-points/${body.AccessPointId}`);
  assert.equal((await create(cloud, 'token')).status, 409);
  await cloud.clock.advance(2000);
  assert.equal((await create(cloud, 'token')).status, 200);
});

test('lists come in pages; what is deleted between two of them shifts nothing', async (t) => {
  const cloud = await startTestCloud(t);
  const ids = new Map<string, unknown>();
  for (const token of ['a', 'b', 'c', 'd', 'e'])
    ids.set(token, (await create(cloud, token)).body.AccessPointId);
  const first = await list(cloud, `FileSystemId=${FileSystemId}&MaxResults=2`);
  assert.deepEqual(first.tokens, ['a', 'b']);
  await cloud.efs('DELETE', `access-points/${ids.get('b')}`);
  await cloud.clock.advance(2000);
  const second = await list(cloud, `FileSystemId=${FileSystemId}&MaxResults=2&NextToken=${first.next}`);
  assert.deepEqual(second.tokens, ['c', 'd']);
  const last = await list(cloud, `FileSystemId=${FileSystemId}&MaxResults=2&NextToken=${second.next}`);
  assert.deepEqual(last, { tokens: ['e'], next: undefined });
});

test('access points outlive a restart, in their order', async (t) => {
  const cloud = await startTestCloud(t);
  for (const token of ['a', 'b']) await create(cloud, token);
  await cloud.restart();
  await create(cloud, 'c');
  assert.deepEqual((await list(cloud, `FileSystemId=${FileSystemId}`)).tokens.sort(), ['a', 'b', 'c']);
  assert.equal((await create(cloud, 'a')).status, 409);
});

test('a file system takes no more access points than its limit', async (t) => {
  const cloud = await startTestCloud(t, { accessPointLimit: 2 });
  await create(cloud, 'a');
  await create(cloud, 'b');
  const refused = await create(cloud, 'c');
  assert.deepEqual([refused.status, refused.error], [403, 'AccessPointLimitExceeded']);
});

const root = (Path: string, more: object = {}) => ({ RootDirectory: { Path, ...more } });
const owner = { OwnerUid: 1, OwnerGid: 1 };
for (const [what, more, status, error] of [
  ['an unknown file system', { FileSystemId: 'fs-00000000000000000' }, 404, 'FileSystemNotFound'],
  ['another account’s file system', { FileSystemId: content.otherFileSystemId }, 404, 'FileSystemNotFound'],
  ['a path of five components', root('/a/b/c/d/e'), 400, 'BadRequest'],
  ['a path without a slash', root('a'), 400, 'BadRequest'],
  ['a hidden component', root('/a/.b'), 400, 'BadRequest'],
  ['a path too long', root(`/${'a'.repeat(100)}`), 400, 'BadRequest'],
  [
    'permissions that are none',
    root('/a', { CreationInfo: { ...owner, Permissions: '999' } }),
    400,
    'BadRequest',
  ],
  ['creation info without permissions', root('/a', { CreationInfo: owner }), 400, 'BadRequest'],
  ['a gid too large', { PosixUser: { Uid: 0, Gid: 2 ** 32 } }, 400, 'BadRequest'],
  ['no token', { ClientToken: undefined }, 400, 'BadRequest'],
  ['a token too long', { ClientToken: 'x'.repeat(65) }, 400, 'BadRequest'],
  ['a tag of AWS’ own', { Tags: [{ Key: 'aws:x', Value: '' }] }, 400, 'BadRequest'],
] as const) {
  test(`${what} is refused with ${error}`, async (t) => {
    const cloud = await startTestCloud(t);
    const refused = await create(cloud, 'a', more);
    assert.deepEqual([refused.status, refused.error], [status, error]);
    assert.equal(refused.body.ErrorCode, error);
    assert.deepEqual((await list(cloud, `FileSystemId=${FileSystemId}`)).tokens, []);
  });
}

test('a file system that is still being created takes no access points', async (t) => {
  const cloud = await startTestCloud(t);
  const { body } = await cloud.efs('POST', 'file-systems', { body: { CreationToken: 'new' } });
  const refused = await create(cloud, 'a', { FileSystemId: body.FileSystemId });
  assert.deepEqual([refused.status, refused.error], [409, 'IncorrectFileSystemLifeCycleState']);
  await cloud.clock.advance(5000);
  assert.equal((await create(cloud, 'a', { FileSystemId: body.FileSystemId })).status, 200);
});

test('new access points show in lists after the delay that eventual consistency is set to, and by id at once', async (t) => {
  const cloud = await startTestCloud(t);
  cloud.cloud.faults.set({ kind: 'eventual-consistency', parameters: { milliseconds: 3000 } });
  const { body } = await create(cloud, 'a');
  const query = `FileSystemId=${FileSystemId}`;
  assert.deepEqual((await list(cloud, query)).tokens, []);
  assert.equal((await cloud.efs('GET', `access-points?AccessPointId=${body.AccessPointId}`)).status, 200);
  await cloud.clock.advance(3000);
  assert.deepEqual((await list(cloud, query)).tokens, ['a']);
});
