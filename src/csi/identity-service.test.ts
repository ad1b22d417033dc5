import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeClock } from '../async/testing/fake-clock.ts';
import { silentLog } from '../telemetry/log.ts';
import { noMetrics } from '../telemetry/metrics.ts';
import { CsiError } from './errors.ts';
import { createIdentityService, type IdentityOptions } from './identity-service.ts';
import { patient } from './testing/csi-requests.ts';

const service = (changes: Partial<IdentityOptions> = {}) =>
  createIdentityService({
    driverName: 'memory.csi.example.com',
    version: '1.2.3',
    hasController: false,
    clock: createFakeClock(),
    log: silentLog,
    metrics: noMetrics,
    ...changes,
  });

test('the plugin names itself and its version', async () => {
  assert.deepEqual(await service().getPluginInfo({}, patient()), {
    name: 'memory.csi.example.com',
    vendorVersion: '1.2.3',
    manifest: {},
  });
});

test('only a plugin with a controller claims to have one', async () => {
  const claimed = async (hasController: boolean) =>
    (await service({ hasController }).getPluginCapabilities({}, patient())).capabilities;
  assert.deepEqual(await claimed(false), []);
  assert.deepEqual(await claimed(true), [{ type: { $case: 'service', service: { type: 1 } } }]);
});

test('a probe is ready, not ready yet, or says what is missing', async () => {
  assert.deepEqual(await service().probe({}, patient()), { ready: true });
  assert.deepEqual(await service({ ready: async () => false }).probe({}, patient()), { ready: false });
  const missing = new CsiError('failed-precondition', 'the kernel module lustre is missing');
  await assert.rejects(service({ ready: () => Promise.reject(missing) }).probe({}, patient()), missing);
});
