import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { dynamicId, key, name, refusalOf, setUpBackend } from '../testing/backend-setup.ts';
import { createCall } from '../testing/calls.ts';

describe('deleting', () => {
  test('the file system is gone when it returns, with progress on the way', async () => {
    const { make, azure, backend, settle } = setUpBackend();
    const volume = await make();
    const call = createCall();
    await settle(backend.delete(volume.id, {}, call));
    assert.equal(azure.stored.size, 0);
    assert.equal(call.reports[0]?.phase, 'deleting');
    assert.equal(call.reports[0]?.volume, volume.id);
    await backend.delete(volume.id, {}, call);
  });

  test('a deletion that is under way is followed, not started again', async () => {
    const { make, azure, backend, settle } = setUpBackend();
    const volume = await make();
    await azure.beginDelete('my-resource-group', name, createCall().signal);
    azure.calls.length = 0;
    await settle(backend.delete(volume.id, {}, createCall()));
    assert.ok(azure.calls.every((call) => call.startsWith('get ')));
  });

  test('data without proof of ownership stays, and the reason is told', async () => {
    const { make, azure, backend } = setUpBackend();
    const volume = await make();
    const made = azure.stored.get(key);
    assert.ok(made);
    for (const tags of [
      {},
      { 'k8s-azure-created-by': 'kubernetes-azurelustre-csi-driver' },
      { ...made.tags, 'berth-volume-name': 'pvc-other' },
    ]) {
      azure.stored.set(key, { ...made, tags });
      const error = await refusalOf(backend.delete(volume.id, {}, createCall()));
      assert.equal(error.code, 'failed-precondition');
      assert.match(error.message, /is not deleted, because nothing proves that Berth made it/);
    }
    assert.equal(azure.stored.size, 1);
    assert.ok(!azure.calls.some((call) => call.startsWith('beginDelete')));
  });

  test('static volumes and handles of a foreign form are nothing to delete, and Azure is not asked', async () => {
    const { backend, opened } = setUpBackend();
    for (const id of [
      'fake-vol-id-0123456789',
      'v#lustrefs#10.0.0.4',
      'v#lustrefs#10.0.0.4#sub',
      'v#lustrefs#10.0.0.4#sub#f#',
      'v#lustrefs#10.0.0.4##maybe#rg',
    ])
      await backend.delete(id, {}, createCall());
    assert.equal(opened(), 0);
  });

  test('a dynamic handle without a resource group is refused with the upstream text', async () => {
    const { backend } = setUpBackend();
    const error = await refusalOf(backend.delete('v#lustrefs#10.0.0.4##t', {}, createCall()));
    assert.match(
      error.message,
      /^volume was dynamically created but associated resource group is not specified\. AMLFS cluster may need to be deleted manually/,
    );
  });

  test('a deletion that Azure gives up is told and can be tried again', async () => {
    const { make, azure, backend, clock } = setUpBackend({ looks: 5 });
    const volume = await make();
    const deleting = refusalOf(backend.delete(volume.id, {}, createCall()));
    await clock.advance(1_000);
    const made = azure.stored.get(key);
    assert.ok(made);
    azure.stored.set(key, { ...made, properties: { ...made.properties, provisioningState: 'Failed' } });
    await clock.advance(60_000);
    const error = await deleting;
    assert.equal(error.code, 'unavailable');
    assert.match(error.message, /could not be deleted, its state is Failed/);
  });

  test('secrets are refused', async () => {
    const { backend } = setUpBackend();
    await assert.rejects(backend.delete(dynamicId, { a: 'b' }, createCall()), /doesn't support secrets/);
  });
});
