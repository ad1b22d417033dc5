import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { dynamicId, key, name, setUpBackend } from '../testing/backend-setup.ts';
import { createCall } from '../testing/calls.ts';
import { createRequest, tutorialParameters, tutorialWith } from '../testing/requests.ts';

const metadata = {
  'csi.storage.k8s.io/pvc/name': 'pvc-lustre',
  'csi.storage.k8s.io/pvc/namespace': 'default',
  'csi.storage.k8s.io/pv/name': name,
};

/** A backend with the tutorial's file system made, with the id that ARM gives it. */
async function withFileSystem() {
  const setup = setUpBackend();
  await setup.make(createRequest({ ...tutorialParameters, ...metadata }));
  const made = setup.azure.stored.get(key);
  assert.ok(made);
  const change = (changes: object) => setup.azure.stored.set(key, { ...made, ...changes });
  const id = `/subscriptions/sub/resourceGroups/My-Resource-Group/providers/Microsoft.StorageCache/amlFilesystems/${name}`;
  change({ id });
  return { ...setup, file: { ...made, id }, change };
}

describe('the file systems of our own making', () => {
  test('are told with place, size, what they were made for, and how to be rid of them', async () => {
    const { backend } = await withFileSystem();
    const [volume, ...others] = (await backend.made?.([tutorialParameters], createCall())) ?? [];
    assert.equal(others.length, 0);
    assert.equal(volume?.name, name);
    assert.equal(volume.description, `AMLFS cluster ${name} in resource group My-Resource-Group (48 TiB)`);
    assert.match(
      volume.advice,
      new RegExp(`^az amlfs delete --resource-group My-Resource-Group --name ${name};`),
    );
    assert.deepEqual(volume.parameters, metadata);
  });

  test('are meant by their handle, also an old one, and by a hand-written volume with their address', async () => {
    const { backend, file } = await withFileSystem();
    const [volume] = (await backend.made?.([tutorialParameters], createCall())) ?? [];
    assert.ok(volume);
    assert.equal(volume.isMeantBy(dynamicId, {}), true);
    assert.equal(volume.isMeantBy(`${name}#lustrefs#10.0.0.1`, {}), true);
    const address = file.properties.clientInfo?.mgsAddress ?? '';
    assert.equal(volume.isMeantBy('by-hand', { 'MGS-ip-address': address }), true);
    assert.equal(volume.isMeantBy('by-hand', { 'mgs-ip-address': '10.9.9.9' }), false);
    assert.equal(volume.isMeantBy('by-hand', {}), false);
  });

  test('are not those of others, of other resource groups, on their way out, or of a static class', async () => {
    const { backend, file, change } = await withFileSystem();
    const count = async (...classes: Record<string, string>[]) =>
      (await backend.made?.(classes, createCall()))?.length;
    assert.equal(await count(tutorialWith({ 'resource-group': 'elsewhere' })), 0);
    assert.equal(await count(tutorialWith({ 'resource-group': undefined })), 0, "the cluster's own group");
    assert.equal(
      await count(tutorialWith({}), { 'mgs-ip-address': file.properties.clientInfo?.mgsAddress ?? '' }),
      0,
    );
    change({ tags: { team: 'hpc' } });
    assert.equal(await count(tutorialWith({})), 0);
    change({ properties: { ...file.properties, provisioningState: 'Deleting' } });
    assert.equal(await count(tutorialWith({})), 0);
  });

  test('are not asked for where no class makes any, so that static volumes need no Azure', async () => {
    const { backend, opened } = setUpBackend();
    assert.deepEqual(await backend.made?.([{ 'mgs-ip-address': '10.0.0.4' }], createCall()), []);
    assert.equal(opened(), 0);
  });
});
