import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { AmlFilesystem } from '../../../cloud/azure/aml-filesystem.ts';
import { tebibyte } from '../../../units/bytes.ts';
import { key, name, refusalOf, setUpBackend } from '../testing/backend-setup.ts';
import { createCall } from '../testing/calls.ts';
import { createRequest } from '../testing/requests.ts';

describe('meeting a file system that exists', () => {
  const conflict = async (change: (made: AmlFilesystem) => AmlFilesystem, request = createRequest()) => {
    const { make, azure, backend } = setUpBackend();
    await make();
    const made = azure.stored.get(key);
    assert.ok(made);
    azure.stored.set(key, change(made));
    const intent = backend.intent(request);
    const found = await backend.find(intent, createCall());
    assert.ok(found);
    return backend.conflict(await backend.plan(intent, createCall()), found);
  };
  const properties = (made: AmlFilesystem, change: Partial<AmlFilesystem['properties']>) => ({
    ...made,
    properties: { ...made.properties, ...change },
  });

  test('another SKU, zone, location, subnet or identity is another volume', async () => {
    assert.match(
      (await conflict((made) => ({ ...made, sku: { name: 'AMLFS-Durable-Premium-40' } }))) ?? '',
      /exists already and is not what is asked for: SKU is AMLFS-Durable-Premium-40, asked for AMLFS-Durable-Premium-125/,
    );
    assert.match((await conflict((made) => ({ ...made, zones: ['2'] }))) ?? '', /zone is 2, asked for 1/);
    assert.match((await conflict((made) => ({ ...made, location: 'westus' }))) ?? '', /location is westus/);
    assert.match(
      (await conflict((made) => properties(made, { filesystemSubnet: '/other' }))) ?? '',
      /subnet is \/other/,
    );
    const identity = { type: 'UserAssigned', userAssignedIdentities: { '/id': {} } } as const;
    assert.match(
      (await conflict((made) => ({ ...made, identity }))) ?? '',
      /identities is \/id, asked for none/,
    );
  });

  test('a capacity outside the request is another volume, one inside is not', async () => {
    const sized = (requiredBytes: bigint, limitBytes: bigint) =>
      conflict((made) => made, createRequest(undefined, { requiredBytes, limitBytes }));
    assert.match((await sized(64n * tebibyte, 0n)) ?? '', /capacity is 48 TiB, asked for 64 TiB/);
    assert.match((await sized(16n * tebibyte, 32n * tebibyte)) ?? '', /asked for at most 32 TiB/);
    assert.equal(await sized(16n * tebibyte, 48n * tebibyte), undefined);
    assert.equal(
      await conflict((made) => properties(made, { currentStorageCapacityTiB: 64 })),
      undefined,
      'an expanded file system still serves',
    );
  });

  test('tags, maintenance window and letter case do not count', async () => {
    assert.equal(
      await conflict((made) => ({
        ...properties(made, {
          maintenanceWindow: { dayOfWeek: 'Monday', timeOfDayUTC: '01:00' },
          filesystemSubnet: made.properties.filesystemSubnet.toUpperCase(),
        }),
        location: 'East US',
        tags: { ...made.tags, team: 'other' },
      })),
      undefined,
    );
  });

  test('one that is not ours is never taken, and never removed', async () => {
    const foreign = (made: AmlFilesystem): AmlFilesystem => ({ ...made, tags: { owner: 'someone' } });
    assert.match((await conflict(foreign)) ?? '', /exists and is not Berth's: it lacks the tag/);
    const { make, azure, backend } = setUpBackend();
    azure.endNextCreationIn('Failed');
    const failed = await make();
    const made = azure.stored.get(key);
    assert.ok(made);
    azure.stored.set(key, foreign(made));
    const plan = await backend.plan(backend.intent(createRequest()), createCall());
    assert.equal((await refusalOf(backend.discard(plan, failed, createCall()))).code, 'already-exists');
    assert.equal(azure.stored.size, 1);
  });

  test('one that is being deleted says so with the upstream text', async () => {
    const { make, azure, backend } = setUpBackend();
    await make();
    await azure.beginDelete('my-resource-group', name, createCall().signal);
    const found = await backend.find(backend.intent(createRequest()), createCall());
    assert.equal(found?.state, 'deleting');
    assert.equal(
      found?.reason,
      `AMLFS cluster ${name} creation did not complete correctly, waiting for deletion to complete before retrying cluster creation`,
    );
  });
});
