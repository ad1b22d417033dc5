import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EfsExports } from '../clouds/aws/efs/efs-exports.ts';
import { resolveExport } from './resolve-export.ts';

const point = (id: string, fileSystemId: string) => ({
  id,
  account: '111122223333',
  fileSystemId,
  clientToken: id,
  posixUser: undefined,
  rootDirectory: {
    path: '/volumes/a',
    creationInfo: { ownerUid: 1000, ownerGid: 1001, permissions: '0750' },
  },
  tags: {},
  sequence: 1,
  createdAt: 0,
  availableAt: 0,
  fails: false,
});
const exports: EfsExports = {
  all: () => [{ fileSystemId: 'fs-1', addresses: ['127.89.0.10'], dataDirectory: '/state/efs/fs-1/data' }],
  accessPoint: (id) =>
    id === 'fsap-1' ? point(id, 'fs-1') : id === 'fsap-2' ? point(id, 'fs-2') : undefined,
};
const ask = (path: string, accessPointId?: string, fileSystemId = 'fs-1') =>
  resolveExport({ fileSystemId, accessPointId, path }, exports);

test('without an access point the path is one of the file system', () => {
  assert.deepEqual(ask('/a/b/'), { dataDirectory: '/state/efs/fs-1/data', path: '/a/b', create: undefined });
  assert.deepEqual(ask('/'), { dataDirectory: '/state/efs/fs-1/data', path: '/', create: undefined });
});

test('with one it is below the root of the access point, which is made as that says', () => {
  assert.deepEqual(ask('/deeper', 'fsap-1'), {
    dataDirectory: '/state/efs/fs-1/data',
    path: '/volumes/a/deeper',
    create: { path: '/volumes/a', uid: 1000, gid: 1001, mode: 0o750 },
  });
});

for (const [what, accessPointId, fileSystemId] of [
  ['a file system that is not there', undefined, 'fs-9'],
  ['an access point that is not there', 'fsap-9', 'fs-1'],
  ["another file system's access point", 'fsap-2', 'fs-1'],
] as const) {
  test(`${what} denies access`, () => {
    assert.deepEqual(ask('/', accessPointId, fileSystemId), { refused: 'access denied by server' });
  });
}

test('a path cannot lead out of the file system', () => {
  assert.deepEqual(ask('/../other'), { refused: 'No such file or directory' });
});
