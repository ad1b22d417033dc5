import assert from 'node:assert/strict';
import { CsiError, retryableCodes } from '../../errors.ts';
import { ControllerServiceCapability_RPC_Type as Capability } from '../../gen/csi.ts';
import { createVolumeRequest, mountCapability, patient, validateRequest } from '../csi-requests.ts';
import { assertNowhere } from './assert-nowhere.ts';
import type { Session } from './session.ts';
import { withCode } from './with-code.ts';

type Case = (session: Session) => Promise<void>;

/** What each orchestrator relies on, whatever the cloud behind the driver. */
export const controllerCases = {
  'a create that is repeated gives the same volume': async ({ create }) => {
    const first = await create();
    assert.notEqual(first.volumeId, '');
    assert.deepEqual(await create(), first);
  },

  'the same name with another wish is ALREADY_EXISTS and leaves the volume as it is': async (session) => {
    const { create, under } = session;
    const volume = await create();
    await assert.rejects(create(under.conflicting), withCode('already-exists'));
    assert.deepEqual(await create(), volume);
  },

  'volumes of different names are different volumes': async ({ create }) => {
    const [one, two] = [await create({ name: 'pvc-one' }), await create({ name: 'pvc-two' })];
    assert.notEqual(one.volumeId, two.volumeId);
  },

  'the capacity lies within what was asked for, or is said to be unknown': async ({ create, under }) => {
    const { capacityBytes } = await create();
    const { requiredBytes = 0n, limitBytes = 0n } = under.createRequest.capacityRange ?? {};
    if (capacityBytes === 0n) return;
    assert.ok(capacityBytes >= requiredBytes, `${capacityBytes} for at least ${requiredBytes}`);
    assert.ok(limitBytes === 0n || capacityBytes <= limitBytes, `${capacityBytes} for at most ${limitBytes}`);
  },

  'a name of 128 characters makes a volume that can be found again and deleted': async (session) => {
    const name = `pvc-${'x'.repeat(124)}`;
    const volume = await session.create({ name });
    assert.deepEqual(await session.create({ name }), volume);
    await remove(session, volume.volumeId);
  },

  'a request without name or capabilities is INVALID_ARGUMENT': async ({ create }) => {
    await assert.rejects(create({ name: '' }), withCode('invalid-argument', /Name must be provided/));
    await assert.rejects(create({ volumeCapabilities: [] }), withCode('invalid-argument', /capabilities/));
  },

  'a parameter that does not exist is INVALID_ARGUMENT and named': async ({ create, under }) => {
    const parameters = { ...under.createRequest.parameters, 'no-such-parameter': 'x' };
    await assert.rejects(create({ parameters }), withCode('invalid-argument', /no-such-parameter/));
  },

  'two creates of one name at once make one volume': async ({ controller, run, under, create }) => {
    const request = createVolumeRequest(under.createRequest);
    const outcomes = await run(
      Promise.allSettled([
        controller.createVolume(request, patient()),
        controller.createVolume(request, patient()),
      ]),
    );
    const won = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value.volume] : []));
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') withCode('aborted', /already exists/)(outcome.reason);
    }
    assert.ok(won.length > 0, 'one of them succeeds');
    const volume = await create();
    for (const each of won) assert.deepEqual(each, volume);
  },

  'a create whose caller gives up at any moment is finished by the next one': async (session) => {
    const { controller, under, create, run } = session;
    const request = createVolumeRequest(under.createRequest);
    for (const patienceMs of [1, 100, 2000, 30_000]) {
      const deadline = under.clock.now() + patienceMs;
      const error: unknown = await run(controller.createVolume(request, patient({ deadline }))).then(
        () => undefined,
        (thrown) => thrown,
      );
      if (error === undefined) continue;
      assert.ok(error instanceof CsiError && retryableCodes.has(error.code), String(error));
    }
    const volume = await create();
    assert.deepEqual(await create(), volume);
  },

  'a delete may be repeated, and the name is free again': async (session) => {
    const { volumeId } = await session.create();
    await remove(session, volumeId);
    await remove(session, volumeId);
    await session.create();
  },

  'deleting what no driver of ours made is success': async (session) => {
    for (const volumeId of ['fake-vol-id-0123456789', 'a/b#c', '#', ' ', 'x'.repeat(300)]) {
      await remove(session, volumeId);
    }
    await assert.rejects(remove(session, ''), withCode('invalid-argument', /Volume ID missing in request/));
  },

  'capabilities are confirmed for a volume that exists and NOT_FOUND for others': async (session) => {
    const { controller, create, run, under } = session;
    const { volumeId, volumeContext } = await create();
    const volumeCapabilities = under.createRequest.volumeCapabilities ?? [mountCapability()];
    const request = validateRequest({ volumeId, volumeContext, volumeCapabilities });
    const { confirmed, message } = await run(controller.validateVolumeCapabilities(request, patient()));
    assert.deepEqual(confirmed?.volumeCapabilities, volumeCapabilities, message);
    const unknown = { ...request, volumeId: 'fake-vol-id-0123456789' };
    await assert.rejects(
      run(controller.validateVolumeCapabilities(unknown, patient())),
      withCode('not-found'),
    );
  },

  'what cannot be expanded says UNIMPLEMENTED and does not claim to; what can grows to the byte': async (
    session,
  ) => {
    const { controller, create, run } = session;
    const { capabilities } = await run(controller.controllerGetCapabilities({}, patient()));
    const claimed = capabilities.some(({ type }) => type?.rpc.type === Capability.EXPAND_VOLUME);
    const { volumeId, capacityBytes } = await create();
    const expand = (id: string, requiredBytes: bigint) =>
      run(
        controller.controllerExpandVolume(
          {
            volumeId: id,
            capacityRange: { requiredBytes, limitBytes: 0n },
            secrets: {},
            volumeCapability: undefined,
          },
          patient(),
        ),
      );
    if (!claimed) return assert.rejects(expand(volumeId, capacityBytes), withCode('unimplemented'));
    // 0n: a volume without a size of its own takes any.
    const { requiredBytes = 0n } = session.under.createRequest.capacityRange ?? {};
    const larger = (capacityBytes || requiredBytes) * 2n;
    assert.equal((await expand(volumeId, larger)).capacityBytes, larger);
    assert.equal((await expand(volumeId, larger)).capacityBytes, larger);
    await assert.rejects(expand('fake-vol-id-0123456789', larger), withCode('not-found'));
  },

  'secrets of controller calls reach no log, answer or error': async (session) => {
    const { controller, create, run, under, log } = session;
    const secrets = { key: 'canary-5ac1f3' };
    const { volumeId } = await create();
    const request = createVolumeRequest({ ...under.createRequest, secrets });
    const outcomes = await run(
      Promise.allSettled([
        controller.createVolume(request, patient()),
        controller.validateVolumeCapabilities(validateRequest({ volumeId, secrets }), patient()),
        controller.deleteVolume({ volumeId, secrets }, patient()),
      ]),
    );
    assertNowhere('canary-5ac1f3', log.text(), outcomes);
  },
} satisfies Record<string, Case>;

async function remove({ controller, run }: Session, volumeId: string): Promise<void> {
  await run(controller.deleteVolume({ volumeId, secrets: {} }, patient()));
}
