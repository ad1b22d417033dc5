import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeClock } from '../async/testing/fake-clock.ts';
import { runUntilSettled } from '../async/testing/run-until-settled.ts';
import { silentLog } from '../telemetry/log.ts';
import { noMetrics } from '../telemetry/metrics.ts';
import { createControllerService } from './controller-service.ts';
import { ControllerServiceCapability_RPC_Type as Capability } from './gen/csi.ts';
import type { Progress } from './progress.ts';
import { createVolumeRequest, patient } from './testing/csi-requests.ts';
import { createMemoryBackend, type MemoryBackendOptions } from './testing/memory-backend.ts';

function harness(options: Omit<MemoryBackendOptions, 'clock'> = {}) {
  const clock = createFakeClock();
  const backend = createMemoryBackend({ clock, ...options });
  const reports: Progress[] = [];
  const service = createControllerService({
    driverName: 'memory',
    clock,
    log: silentLog,
    metrics: noMetrics,
    backend,
    progress: (report) => reports.push(report),
  });
  return { clock, backend, reports, service };
}

test('a volume cannot be deleted by its id while it is being created by its name', async () => {
  const { clock, service } = harness({ createMs: 60_000 });
  const creation = service.createVolume(createVolumeRequest({ name: 'pvc-1' }), patient());
  await clock.advance(1000);
  await assert.rejects(service.deleteVolume({ volumeId: 'memory#pvc-1', secrets: {} }, patient()), {
    code: 'aborted',
    message: 'An operation with the given Volume ID memory#pvc-1 already exists',
  });
  await runUntilSettled(clock, creation);
  await service.deleteVolume({ volumeId: 'memory#pvc-1', secrets: {} }, patient());
});

test('a hundred creations at once do not wait for each other', async () => {
  const { clock, service, backend } = harness({ createMs: 60_000 });
  const began = clock.now();
  const names = Array.from({ length: 100 }, (_, index) => `pvc-${index}`);
  await runUntilSettled(
    clock,
    Promise.all(names.map((name) => service.createVolume(createVolumeRequest({ name }), patient()))),
  );
  assert.ok(clock.now() - began <= 61_000);
  assert.equal(backend.volumes.size, 100);
});

test('progress of a creation is told under the name of the volume', async () => {
  const { clock, service, reports } = harness({ createMs: 20_000 });
  await runUntilSettled(clock, service.createVolume(createVolumeRequest({ name: 'pvc-1' }), patient()));
  assert.deepEqual(
    reports.map(({ volume, phase, percent }) => ({ volume, phase, percent })),
    [0, 50].map((percent) => ({ volume: 'pvc-1', phase: 'creating', percent })),
  );
});

test('only what the backend can do is claimed', async () => {
  const types = async (options: Omit<MemoryBackendOptions, 'clock'>) => {
    const { capabilities } = await harness(options).service.controllerGetCapabilities({}, patient());
    return capabilities.map(({ type }) => type?.rpc.type);
  };
  const base = [Capability.CREATE_DELETE_VOLUME, Capability.SINGLE_NODE_MULTI_WRITER];
  assert.deepEqual(await types({}), base);
  assert.deepEqual(await types({ expandable: true }), [...base, Capability.EXPAND_VOLUME]);
});
