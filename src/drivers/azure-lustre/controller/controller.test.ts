import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { tebibyte } from '../../../units/bytes.ts';
import { dynamicId, name, setUpBackend } from '../testing/backend-setup.ts';
import { createCall } from '../testing/calls.ts';
import { createRequest } from '../testing/requests.ts';

describe('static volumes', () => {
  test('need no Azure at all, report no capacity and carry what the node needs', async () => {
    const { backend, opened } = setUpBackend();
    const parameters = { 'mgs-ip-address': '10.0.0.4', 'fs-name': 'lustrefs', 'sub-dir': '/a/' };
    const intent = backend.intent(createRequest(parameters));
    const call = createCall();
    const plan = await backend.plan(intent, call);
    await backend.admit?.(plan, call);
    const volume = await backend.complete(plan, await backend.create(plan, call), call);
    assert.deepEqual(await backend.find(intent, call), volume);
    assert.equal(backend.conflict(plan, volume), undefined);
    assert.equal(volume.id, `${name}#lustrefs#10.0.0.4#a#f#`);
    assert.equal(volume.capacityBytes, 0n);
    assert.deepEqual(volume.context, { ...parameters, 'created-by-dynamic-provisioning': 'f' });
    assert.equal((await backend.get(volume.id, call))?.id, volume.id);
    await backend.delete(volume.id, {}, call);
    assert.equal(opened(), 0);
  });
});

describe('looking up a handle', () => {
  test('a dynamic one is there as long as its file system is', async () => {
    const { make, backend, settle } = setUpBackend();
    const volume = await make();
    assert.equal((await backend.get(volume.id, createCall()))?.capacityBytes, 48n * tebibyte);
    await settle(backend.delete(volume.id, {}, createCall()));
    assert.equal(await backend.get(volume.id, createCall()), undefined);
  });

  test('what nobody could have made is not there', async () => {
    const { backend } = setUpBackend();
    for (const id of ['fake-vol-id-0123456789', 'v#lustrefs#not-an-address', 'v#lustrefs#10.0.0.4##t#'])
      assert.equal(await backend.get(id, createCall()), undefined, id);
  });

  test('secrets are refused rather than ignored', async () => {
    const { backend } = setUpBackend();
    await assert.rejects(backend.get('v#lustrefs#10.0.0.4', createCall(), { key: 'value' }), {
      code: 'invalid-argument',
      message: "Doesn't support secrets",
    });
  });

  test('a volume has one lock, whether its name or its handle is given', () => {
    const { backend } = setUpBackend();
    assert.equal(backend.lockKey?.({ name }), backend.lockKey?.({ id: dynamicId }));
  });
});
