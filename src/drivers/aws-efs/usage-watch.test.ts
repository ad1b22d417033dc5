import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CsiError } from '../../csi/errors.ts';
import type { DirectoriesPort, MeasureDirectory } from '../../directories/directories-port.ts';
import { openMetrics } from '../../telemetry/metrics.ts';
import { createCall, createRequest, setUpEfs } from './testing/efs-setup.ts';

/** `berth directories` of which only the walk is asked for. */
function walking(usage: (request: MeasureDirectory) => Promise<bigint>): DirectoriesPort {
  const unasked = () => Promise.reject(new Error('not asked for here'));
  return {
    make: unasked,
    find: unasked,
    resize: unasked,
    remove: unasked,
    removeUnrecorded: unasked,
    list: unasked,
    usage: async (request) => ({ bytes: await usage(request), inodes: 1n, measuredAt: 0 }),
  } as DirectoriesPort;
}

async function setUp(usage: (request: MeasureDirectory) => Promise<bigint>) {
  const metrics = await openMetrics();
  const world = setUpEfs({ ports: { directories: walking(usage), metrics } });
  world.efs.mountTargets.push({
    id: 'fsmt-1',
    fileSystemId: 'fs-00000001',
    state: 'available',
    subnetId: 'subnet-1',
    ipAddress: '10.0.1.7',
  });
  const { id } = await world.create();
  const look = (capacityBytes: bigint, context = {}) =>
    world.settle(
      world.backend.conditions?.([{ id, context, capacityBytes }], createCall()) ??
        assert.fail('there is no watch'),
    );
  return { ...world, metrics, look, id };
}

test('a claim that holds more than it asked for is told, with both sizes', async () => {
  const walked: string[] = [];
  const { look, metrics, id } = await setUp(async ({ path }) => {
    walked.push(path);
    return 6n * 2n ** 30n;
  });
  const [condition] = await look(5n * 2n ** 30n);
  assert.deepEqual(condition, {
    abnormal: true,
    message: 'it holds 6 GiB, and 5 GiB was asked for: EFS does not enforce sizes and bills what is there',
  });
  assert.deepEqual(walked, [`dynamic_provisioning/${createRequest().name}`]);
  assert.deepEqual(await look(7n * 2n ** 30n), [{ abnormal: false, message: 'it holds 6 GiB' }]);
  const { body } = await metrics.exposition();
  assert.ok(body.includes(`berth_efs_volume_used_bytes{volume_id="${id}"} 6442450944`), body);
});

test('a walk that is not over, and a volume of another account, say nothing', async () => {
  const { look } = await setUp(async () => {
    throw new CsiError('deadline-exceeded', 'it goes on');
  });
  assert.deepEqual(await look(1n), [undefined]);
  const other = await setUp(async () => assert.fail('it must not be walked'));
  assert.deepEqual(await other.look(1n, { mounttargetip: '10.0.1.7' }), [undefined]);
});
