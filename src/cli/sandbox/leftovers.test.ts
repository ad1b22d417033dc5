import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseMountinfo } from '../../mount/mountinfo.ts';
import { sandboxMounts } from './leftovers.ts';

const line = (id: number, device: string, mountPoint: string) =>
  `${id} 1 ${device} / ${mountPoint} rw - overlay x@tcp:/lustrefs rw`;

test('a stopped sandbox’s mounts are found below its directory and where a caller put them, newest first', () => {
  const table = parseMountinfo(
    [
      line(2, '0:40', '/s/lustre-mounts/127.88.0.4-1/.mount/base'),
      line(3, '0:40', '/s/node/pods/1/volumes/kubernetes.io~csi/pvc-1/mount'),
      line(4, '0:40', '/tmp/csi-mount/target'),
      line(5, '0:41', '/tmp/not-ours'),
      line(6, '0:42', '/s2/node'),
    ].join('\n'),
  );
  assert.deepEqual(sandboxMounts(table, '/s'), [
    '/tmp/csi-mount/target',
    '/s/node/pods/1/volumes/kubernetes.io~csi/pvc-1/mount',
    '/s/lustre-mounts/127.88.0.4-1/.mount/base',
  ]);
});
