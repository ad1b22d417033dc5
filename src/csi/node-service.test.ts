import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeClock } from '../async/testing/fake-clock.ts';
import { silentLog } from '../telemetry/log.ts';
import { noMetrics } from '../telemetry/metrics.ts';
import { VolumeCapability_AccessMode_Mode as Mode } from './gen/csi.ts';
import { createNodeService } from './node-service.ts';
import { mountCapability, patient, publishRequest } from './testing/csi-requests.ts';
import { createFakeMounts, type FakeMountsOptions, memoryMounter } from './testing/fake-mounts.ts';

function harness(options: FakeMountsOptions = {}) {
  const mounts = createFakeMounts(options);
  const service = createNodeService({
    driverName: 'memory',
    clock: createFakeClock(),
    log: silentLog,
    metrics: noMetrics,
    mounter: memoryMounter,
    mounts,
    nodeId: 'node-1',
  });
  return { mounts, service };
}

const singleWriter = mountCapability(Mode.SINGLE_NODE_SINGLE_WRITER);

test('a refusal is final when nothing is mounted, and is retried while an old mount stands', async () => {
  const { mounts, service } = harness();
  const refusedContext = { volumeContext: { refuse: '' } };
  await assert.rejects(service.nodePublishVolume(publishRequest(refusedContext), patient()), {
    code: 'invalid-argument',
  });
  await service.nodePublishVolume(publishRequest(), patient());
  await assert.rejects(service.nodePublishVolume(publishRequest(refusedContext), patient()), {
    code: 'aborted',
    message: /^volume context says refuse; what an earlier call mounted at .* stays until it is unpublished$/,
  });
  assert.equal(mounts.table.size, 1);
});

test('a single writer has one target on the node, again and again, and another once it has left', async () => {
  const { service } = harness();
  const at = (targetPath: string) => publishRequest({ targetPath, volumeCapability: singleWriter });
  await service.nodePublishVolume(at('/a'), patient());
  await service.nodePublishVolume(at('/a'), patient());
  await assert.rejects(service.nodePublishVolume(at('/b'), patient()), {
    code: 'failed-precondition',
    message: 'volume volume-1 is already published at /a and its access mode allows a single writer',
  });
  await service.nodeUnpublishVolume({ volumeId: 'volume-1', targetPath: '/a' }, patient());
  await service.nodePublishVolume(at('/b'), patient());
});

test('two single-writer volumes on one file system do not shut each other out', async () => {
  const { service, mounts } = harness();
  const at = (volumeId: string, targetPath: string) =>
    publishRequest({ volumeId, targetPath, volumeCapability: singleWriter });
  await service.nodePublishVolume(at('volume-1', '/a'), patient());
  await service.nodePublishVolume(at('volume-2', '/b'), patient());
  assert.deepEqual([...mounts.table.keys()], ['/a', '/b']);
});

test('a single writer whose mount went away unasked may be published elsewhere', async () => {
  const { service, mounts } = harness();
  const at = (targetPath: string) => publishRequest({ targetPath, volumeCapability: singleWriter });
  await service.nodePublishVolume(at('/a'), patient());
  mounts.table.delete('/a');
  await service.nodePublishVolume(at('/b'), patient());
});

test('a target below a symbolic link is known by the name the kernel has for it', async () => {
  const { service } = harness({ canonical: (path) => path.replace('/link/', '/real/') });
  const request = publishRequest({ targetPath: '/link/a', volumeCapability: singleWriter });
  await service.nodePublishVolume(request, patient());
  await service.nodePublishVolume(request, patient());
  await assert.rejects(service.nodePublishVolume({ ...request, volumeContext: { refuse: '' } }, patient()), {
    code: 'aborted',
  });
});

test('two publishes of a single writer at once cannot both win', async () => {
  const { promise: held, resolve: letGo } = Promise.withResolvers<void>();
  const { service, mounts } = harness({ mount: () => held });
  const publish = (targetPath: string) =>
    service.nodePublishVolume(publishRequest({ targetPath, volumeCapability: singleWriter }), patient());
  const first = publish('/a');
  await assert.rejects(publish('/b'), { code: 'aborted' });
  letGo();
  await first;
  assert.deepEqual([...mounts.table.keys()], ['/a']);
});

test('a mount that hangs keeps its own target busy and nothing else', async () => {
  const { promise: held, resolve: letGo } = Promise.withResolvers<void>();
  const { service } = harness({ mount: (_plan, target) => (target === '/hung' ? held : undefined) });
  const hung = service.nodePublishVolume(publishRequest({ targetPath: '/hung' }), patient());
  await service.nodePublishVolume(publishRequest({ targetPath: '/fine' }), patient());
  await service.nodeUnpublishVolume({ volumeId: 'volume-1', targetPath: '/fine' }, patient());
  await assert.rejects(
    service.nodeUnpublishVolume({ volumeId: 'volume-1', targetPath: '/hung' }, patient()),
    { code: 'aborted', message: 'An operation with the given Volume ID volume-1 already exists' },
  );
  letGo();
  await hung;
});

test('a target is the same however its path is written', async () => {
  const { promise: held, resolve: letGo } = Promise.withResolvers<void>();
  const { service } = harness({ mount: () => held });
  const first = service.nodePublishVolume(publishRequest({ targetPath: '/pods/a' }), patient());
  for (const targetPath of ['/pods/a/', '//pods/./a'])
    await assert.rejects(service.nodePublishVolume(publishRequest({ targetPath }), patient()), {
      code: 'aborted',
    });
  letGo();
  await first;
});

test('the node names itself and claims what it does', async () => {
  const { service } = harness();
  const info = await service.nodeGetInfo({}, patient());
  assert.deepEqual(info, { nodeId: 'node-1', maxVolumesPerNode: 0n, accessibleTopology: undefined });
  const { capabilities } = await service.nodeGetCapabilities({}, patient());
  assert.deepEqual(
    capabilities.map(({ type }) => type?.rpc.type),
    [2, 4, 5],
  );
});
