import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeClock } from '../async/testing/fake-clock.ts';
import { silentLog } from '../telemetry/log.ts';
import { noMetrics } from '../telemetry/metrics.ts';
import { createControllerService } from './controller-service.ts';
import type { VolumeBackend } from './driver.ts';
import { ControllerServiceCapability_RPC_Type as Capability } from './gen/csi.ts';
import { noProgress } from './progress.ts';
import { withCode } from './testing/conformance/with-code.ts';
import { createVolumeRequest, patient } from './testing/csi-requests.ts';
import { createMemoryBackend } from './testing/memory-backend.ts';

function serve(more: (memory: ReturnType<typeof createMemoryBackend>) => Partial<VolumeBackend>) {
  const clock = createFakeClock();
  const memory = createMemoryBackend({ clock });
  const backend = { ...memory, ...more(memory) } as VolumeBackend;
  const ports = { driverName: 'test', clock, log: silentLog, metrics: noMetrics };
  return createControllerService({ ...ports, backend, progress: noProgress });
}

const capabilitiesOf = async (service: ReturnType<typeof serve>) =>
  (await service.controllerGetCapabilities({}, patient())).capabilities.map(({ type }) => type?.rpc.type);

test('a backend that cannot list or tell its room claims neither and answers neither', async () => {
  const service = serve(() => ({}));
  assert.deepEqual(await capabilitiesOf(service), [
    Capability.CREATE_DELETE_VOLUME,
    Capability.SINGLE_NODE_MULTI_WRITER,
  ]);
  assert.equal(service.listVolumes, undefined);
  assert.equal(service.getCapacity, undefined);
  assert.equal(service.createSnapshot, undefined);
});

test('volumes are listed and got with their conditions', async () => {
  const condition = { abnormal: true, message: 'it smokes' };
  const service = serve(({ volumes, get }) => ({
    list: async () =>
      [...volumes.keys()].map((name) => ({
        id: `memory#${name}`,
        capacityBytes: 1n,
        context: {},
        state: 'ready' as const,
        condition,
      })),
    get: async (id, call) => {
      const volume = await get(id, call);
      return volume && { ...volume, condition };
    },
  }));
  for (const claimed of [Capability.LIST_VOLUMES, Capability.GET_VOLUME, Capability.VOLUME_CONDITION])
    assert.ok((await capabilitiesOf(service)).includes(claimed));
  for (const name of ['a', 'b', 'c']) await service.createVolume(createVolumeRequest({ name }), patient());
  const first = await service.listVolumes?.({ maxEntries: 2, startingToken: '' }, patient());
  const rest = await service.listVolumes?.(
    { maxEntries: 0, startingToken: first?.nextToken ?? '' },
    patient(),
  );
  const entries = [...(first?.entries ?? []), ...(rest?.entries ?? [])];
  assert.equal(first?.entries.length, 2);
  assert.deepEqual(entries.map(({ volume }) => volume?.volumeId).sort(), [
    'memory#a',
    'memory#b',
    'memory#c',
  ]);
  assert.deepEqual(entries[0]?.status?.volumeCondition, condition);
  const got = await service.controllerGetVolume?.({ volumeId: 'memory#a' }, patient());
  assert.deepEqual(got?.status?.volumeCondition, condition);
  await assert.rejects(
    async () => service.controllerGetVolume?.({ volumeId: 'memory#z' }, patient()),
    withCode('not-found'),
  );
  await assert.rejects(
    async () => service.listVolumes?.({ maxEntries: -1, startingToken: '' }, patient()),
    withCode('invalid-argument'),
  );
});

test('room is told for parameters and topology', async () => {
  const service = serve(() => ({
    capacity: async ({ topology }) => ({
      availableBytes: topology?.zone === '1' ? 7n : 0n,
      largestVolumeBytes: 3n,
    }),
  }));
  const ask = (segments: Record<string, string>) =>
    service.getCapacity?.(
      { volumeCapabilities: [], parameters: {}, accessibleTopology: { segments } },
      patient(),
    );
  assert.deepEqual(await ask({ zone: '1' }), {
    availableCapacity: 7n,
    maximumVolumeSize: 3n,
    minimumVolumeSize: undefined,
  });
  assert.equal((await ask({ zone: '2' }))?.availableCapacity, 0n);
});

test('snapshots are refused with the driver’s reason', async () => {
  const service = serve(() => ({ noSnapshots: 'the cloud has none' }));
  await assert.rejects(
    async () =>
      service.createSnapshot?.({ sourceVolumeId: 'a', name: 's', secrets: {}, parameters: {} }, patient()),
    withCode('unimplemented', /the cloud has none/),
  );
});
