import assert from 'node:assert/strict';
import { VolumeCapability_AccessMode_Mode as Mode } from '../../gen/csi.ts';
import { mountCapability, patient, publishRequest } from '../csi-requests.ts';
import { assertNowhere } from './assert-nowhere.ts';
import type { Session } from './session.ts';
import { withCode } from './with-code.ts';

type Case = (session: Session) => Promise<void>;

const [here, there] = ['/var/lib/kubelet/pods/1/mount', '/var/lib/kubelet/pods/2/mount'];

/** What kubelet relies on, whatever is mounted. */
export const nodeCases = {
  'a publish mounts, may be repeated, and is taken back whole': async (session) => {
    const { node, publishable, run } = session;
    const request = await publishable({ targetPath: here });
    await run(node.nodePublishVolume(request, patient()));
    await run(node.nodePublishVolume(request, patient()));
    assert.deepEqual(await targets(session), [here]);
    await unpublish(session, request.volumeId, here);
    await unpublish(session, request.volumeId, here);
    assert.deepEqual(await targets(session), []);
  },

  'unpublishing what was never published is success': async (session) => {
    await unpublish(session, 'fake-vol-id-0123456789', here);
  },

  'the same target with other arguments is ABORTED, so that what stands there is unpublished': async ({
    node,
    publishable,
    run,
  }) => {
    const request = await publishable({ targetPath: here });
    await run(node.nodePublishVolume(request, patient()));
    await assert.rejects(
      run(node.nodePublishVolume({ ...request, readonly: true }, patient())),
      withCode('aborted'),
    );
  },

  'a shared volume stands at as many targets as are asked for': async (session) => {
    const { node, publishable, run } = session;
    const request = await publishable({ targetPath: here });
    await run(node.nodePublishVolume(request, patient()));
    await run(node.nodePublishVolume({ ...request, targetPath: there, readonly: true }, patient()));
    assert.deepEqual(await targets(session), [here, there]);
    await unpublish(session, request.volumeId, here);
    assert.deepEqual(await targets(session), [there]);
  },

  'a single writer has one target on a node': async (session) => {
    const { node, publishable, run } = session;
    const volumeCapability = mountCapability(Mode.SINGLE_NODE_SINGLE_WRITER);
    const request = await publishable({ targetPath: here, volumeCapability });
    await run(node.nodePublishVolume(request, patient()));
    await assert.rejects(
      run(node.nodePublishVolume({ ...request, targetPath: there }, patient())),
      withCode('failed-precondition'),
    );
    assert.deepEqual(await targets(session), [here]);
  },

  'sizes are told of a published volume, and NOT_FOUND of any other path': async (session) => {
    const { node, publishable, run } = session;
    const request = await publishable({ targetPath: here });
    await run(node.nodePublishVolume(request, patient()));
    const stats = (volumePath: string, volumeId = request.volumeId) =>
      run(node.nodeGetVolumeStats({ volumeId, volumePath, stagingTargetPath: '' }, patient()));
    const { usage } = await stats(here);
    assert.deepEqual(
      usage.map(({ unit }) => unit),
      [1, 2],
    );
    for (const path of ['some/path', there]) {
      await assert.rejects(stats(path), withCode('not-found'));
      await assert.rejects(stats(path, 'fake-vol-id-0123456789'), withCode('not-found'));
    }
  },

  'a malformed publish is INVALID_ARGUMENT and mounts nothing': async (session) => {
    const { node, publishable, run } = session;
    const request = await publishable({ targetPath: here });
    for (const [changes, message] of [
      [{ volumeId: '' }, /Volume ID missing in request/],
      [{ targetPath: '' }, /Target path not provided/],
      [{ targetPath: 'relative' }, /must be absolute/],
      [{ targetPath: '/a/../../etc' }, /must not contain "\.\."/],
      [{ volumeCapability: undefined }, /Volume capability missing in request/],
    ] as const) {
      await assert.rejects(
        run(node.nodePublishVolume({ ...request, ...changes }, patient())),
        withCode('invalid-argument', message),
      );
    }
    assert.deepEqual(await targets(session), []);
  },

  'secrets of node calls reach no log, answer or error': async (session) => {
    const { node, publishable, run, log } = session;
    const secrets = { key: 'canary-77d0b1' };
    const request = await publishable({ targetPath: here, secrets });
    const foreign = publishRequest({ volumeId: 'fake-vol-id-0123456789', targetPath: there, secrets });
    const outcomes = await run(
      Promise.allSettled([
        node.nodePublishVolume(request, patient()),
        node.nodePublishVolume(foreign, patient()),
      ]),
    );
    assertNowhere('canary-77d0b1', log.text(), outcomes);
  },
} satisfies Record<string, Case>;

async function unpublish({ node, run }: Session, volumeId: string, targetPath: string): Promise<void> {
  await run(node.nodeUnpublishVolume({ volumeId, targetPath }, patient()));
}

async function targets({ under, log }: Session): Promise<readonly string[]> {
  const { signal, deadline } = patient();
  const standing = await under.mounts.standing({ signal, deadline, log, progress: () => {} });
  return standing.map(({ target }) => target).sort();
}
