import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NodePublishVolumeRequest } from '../gen/csi.ts';
import { publishRequest } from '../testing/csi-requests.ts';
import { type Check, requireAll } from './check.ts';
import { publishVolumeChecks, toPublishRequest, unpublishVolumeChecks } from './publish-volume.ts';
import { toVolumeStatsResponse, volumeStatsChecks } from './volume-stats.ts';

const refused = <Request>(checks: readonly Check<Request>[], request: Request, message: string) =>
  assert.throws(() => requireAll(checks, request), { code: 'invalid-argument', message });

test('a publish is refused in the words that guides quote', () => {
  const publish = (changes: Partial<NodePublishVolumeRequest>, message: string) =>
    refused(publishVolumeChecks, publishRequest(changes), message);
  publish({ volumeCapability: undefined }, 'Volume capability missing in request');
  publish({ volumeId: '' }, 'Volume ID missing in request');
  publish({ targetPath: '' }, 'Target path not provided');
  publish({ targetPath: 'mnt' }, 'Target path must be absolute: "mnt"');
  requireAll(publishVolumeChecks, publishRequest());
});

test('an unpublish needs a volume and a target that can be taken away', () => {
  refused(unpublishVolumeChecks, { volumeId: '', targetPath: '/a' }, 'Volume ID missing in request');
  refused(unpublishVolumeChecks, { volumeId: 'v', targetPath: '' }, 'Target path missing in request');
  refused(
    unpublishVolumeChecks,
    { volumeId: 'v', targetPath: '/' },
    'Target path must not be the root directory',
  );
});

test('sizes are asked of a volume at a path, and come in bytes and inodes with its condition', () => {
  const stats = { volumeId: 'v', volumePath: 'some/path', stagingTargetPath: '' };
  requireAll(volumeStatsChecks, stats);
  refused(volumeStatsChecks, { ...stats, volumeId: '' }, 'NodeGetVolumeStats volume ID was empty');
  refused(volumeStatsChecks, { ...stats, volumePath: '' }, 'NodeGetVolumeStats volume path was empty');
  const size = { total: 2n ** 63n - 1n, used: 1n, available: 2n };
  const condition = { abnormal: true, message: 'it does not answer' };
  assert.deepEqual(toVolumeStatsResponse({ stats: { bytes: size, inodes: size }, condition }), {
    usage: [
      { ...size, unit: 1 },
      { ...size, unit: 2 },
    ],
    volumeCondition: condition,
  });
});

test('a publish arrives at the driver in its own words', () => {
  const request = publishRequest({ readonly: true, volumeContext: { a: 'b' }, secrets: { c: 'd' } });
  assert.deepEqual(toPublishRequest(request), {
    volumeId: request.volumeId,
    targetPath: request.targetPath,
    stagingTargetPath: '',
    capability: { access: { type: 'mount', fsType: '', mountFlags: [] }, mode: 'MULTI_NODE_MULTI_WRITER' },
    readonly: true,
    volumeContext: { a: 'b' },
    publishContext: {},
    secrets: { c: 'd' },
  });
});
