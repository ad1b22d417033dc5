import assert from 'node:assert/strict';
import { existsSync, lstatSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { createFakeClock } from '../../../async/testing/fake-clock.ts';
import { createIdempotently } from '../../../csi/idempotent-create.ts';
import { directoriesInProcess } from '../../../directories/testing/directories-in-process.ts';
import { openTestWorkplace, type TestWorkplace } from '../../../directories/testing/test-workplace.ts';
import { silentLog } from '../../../telemetry/log.ts';
import { gibibyte } from '../../../units/bytes.ts';
import type { ControllerPorts } from '../../driver-module.ts';
import { azureLustre } from '../index.ts';
import { planMount } from '../node/mount-plan.ts';
import { createCall } from '../testing/calls.ts';
import { createFakeAmlFilesystems } from '../testing/fake-aml-filesystems.ts';
import { createRequest, publishRequest } from '../testing/requests.ts';
import { parseVolumeId } from '../volume-id.ts';

let place: TestWorkplace;
beforeEach(() => {
  place = openTestWorkplace();
});
afterEach(() => place.close());

const clock = createFakeClock();
const config = { subscriptionId: 'sub', resourceGroup: 'rg' };
const filesystems = createFakeAmlFilesystems();

const openBackend = (changes: Partial<ControllerPorts> = {}) =>
  azureLustre.openController({
    clock,
    log: silentLog,
    azure: async () => ({ config, filesystems }),
    aws: () => Promise.reject(new Error('not a cloud of this driver')),
    directories: directoriesInProcess(() => place),
    ...changes,
  });

const parameters = {
  'provisioning-mode': 'directory',
  'mgs-ip-address': '10.0.0.4',
  'base-dir': 'claims',
  'directory-mode': '0770',
  uid: '1000',
  gid: '1000',
  'on-delete': 'delete',
};
const claim = (changes: Record<string, string> = {}, size = gibibyte) =>
  createRequest({ ...parameters, ...changes }, { name: 'pvc-1', requiredBytes: size });

test('a claim’s directory is made, mounted by any driver of this name, grown, and removed with the claim', async () => {
  const backend = await openBackend();
  const call = createCall();
  const volume = await createIdempotently(backend, claim(), call, clock);
  assert.equal(volume.id, 'pvc-1#lustrefs#10.0.0.4#claims/pvc-1#f#directory');
  assert.equal(volume.capacityBytes, gibibyte);
  const { mode, uid, gid } = lstatSync(join(place.root, 'claims/pvc-1'));
  assert.deepEqual([mode & 0o7777, uid, gid], [0o770, 1000, 1000]);

  const { plan, refusals } = planMount(publishRequest(volume.context, { volumeId: volume.id }));
  assert.deepEqual([plan.source, refusals], ['10.0.0.4@tcp:/lustrefs/claims/pvc-1', []]);
  assert.equal(parseVolumeId(volume.id)?.dynamic, false, 'the upstream driver would delete nothing');

  assert.deepEqual(await createIdempotently(backend, claim(), call, clock), volume);
  assert.equal((await backend.get(volume.id, call))?.id, volume.id);
  const range = { requiredBytes: 2n * gibibyte + 1n, limitBytes: 0n };
  const grown = await backend.expand?.(volume.id, range, call);
  assert.equal(grown?.capacityBytes, 2n * gibibyte + 2n ** 20n);
  assert.deepEqual([...place.quota.limits.values()], [grown?.capacityBytes]);
  assert.equal(
    (await backend.expand?.(volume.id, { requiredBytes: 1n, limitBytes: 0n }, call))?.capacityBytes,
    grown?.capacityBytes,
  );

  for (let again = 0; again < 2; again++) await backend.delete(volume.id, {}, call);
  assert.ok(!existsSync(join(place.root, 'claims/pvc-1')));
  assert.equal(await backend.get(volume.id, call), undefined);
});

test('a second wish for the same name is ALREADY_EXISTS and changes nothing', async () => {
  const backend = await openBackend();
  await createIdempotently(backend, claim(), createCall(), clock);
  const before = place.snapshot();
  for (const [other, message] of [
    [claim({ uid: '5' }), /uid is 1000, asked for 5/],
    [claim({ 'sub-dir': 'else' }), /path is claims\/pvc-1, asked for claims\/else/],
    [claim({}, 3n * gibibyte), /capacity is 1073741824 bytes/],
  ] as const)
    await assert.rejects(createIdempotently(backend, other, createCall(), clock), {
      code: 'already-exists',
      message,
    });
  assert.deepEqual(place.snapshot(), before);
});

test('a file system named in Azure is asked for its MGS; one that is not there is refused', async () => {
  const backend = await openBackend();
  const named = { ...parameters, 'file-system': 'shared' } as Record<string, string>;
  delete named['mgs-ip-address'];
  const request = createRequest(named, { name: 'pvc-1' });
  await assert.rejects(createIdempotently(backend, request, createCall(), clock), {
    code: 'invalid-argument',
    message: /file-system shared does not exist in resource group rg/,
  });
  filesystems.stored.set('rg/shared', {
    location: 'eastus',
    properties: {
      storageCapacityTiB: 16,
      filesystemSubnet: '',
      maintenanceWindow: { dayOfWeek: 'Sunday', timeOfDayUTC: '22:00' },
      clientInfo: { mgsAddress: '10.0.0.9' },
    },
  });
  const volume = await createIdempotently(backend, request, createCall(), clock);
  assert.match(volume.id, /^pvc-1#lustrefs#10\.0\.0\.9#claims\/pvc-1#f#directory$/);
});

test('without berth directories such a class is refused with what to do, and its volumes stay', async () => {
  const backend = await openBackend({ directories: undefined });
  const refusal = {
    code: 'failed-precondition',
    message: /install the chart with directories\.enabled=true/,
  };
  await assert.rejects(createIdempotently(backend, claim(), createCall(), clock), refusal);
  await assert.rejects(
    backend.delete('pvc-1#lustrefs#10.0.0.4#claims/pvc-1#f#directory', {}, createCall()),
    refusal,
  );
});

test('other classes and handles are none of its business', async () => {
  const backend = await openBackend({ directories: undefined });
  const shared = createRequest({ 'mgs-ip-address': '10.0.0.4' }, { name: 'pvc-2' });
  const volume = await createIdempotently(backend, shared, createCall(), clock);
  await backend.delete(volume.id, {}, createCall());
  await backend.delete('anything', {}, createCall());
  assert.ok(!(await backend.get('anything', createCall())) && !existsSync(join(place.root, '.berth')));
});

test('a directory in which another volume lies is used by it, unless its data stay anyway', async () => {
  const backend = await openBackend();
  const call = createCall();
  const within = { id: 'mine', context: { 'mgs-ip-address': '10.0.0.4', 'sub-dir': 'claims/pvc-1/mine' } };
  const volume = await createIdempotently(backend, claim(), call, clock);
  assert.equal(await backend.usedBy?.(volume.id, [within], call), within);
  assert.equal(await backend.usedBy?.(volume.id, [], call), undefined);
  await backend.delete(volume.id, {}, call);
  assert.equal(await backend.usedBy?.(volume.id, [within], call), undefined);
});
