import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as messages from './gen/csi.ts';
import { secretFields } from './gen/secret-fields.ts';
import { strip, stripSecrets } from './strip-secrets.ts';
import {
  blockCapability,
  createVolumeRequest,
  mountCapability,
  publishRequest,
} from './testing/csi-requests.ts';

test('every message of the protocol that has secrets is known to have them', () => {
  const empty = new Uint8Array();
  for (const [name, codec] of Object.entries(messages)) {
    if (typeof codec !== 'object' || !('decode' in codec)) continue;
    const message: object = codec.decode(empty);
    // Only this test goes by the name: it notices a protocol file whose options were lost.
    if ('secrets' in message) assert.deepEqual(secretFields[name], { secrets: 'secret' }, name);
  }
});

test('secrets are replaced as a whole, all else is kept, and the message itself is not touched', () => {
  const request = createVolumeRequest({
    secrets: { user: 'u', password: 'hunter2' },
    parameters: { secrets: 'no' },
  });
  assert.deepEqual(stripSecrets('CreateVolumeRequest', request), { ...request, secrets: '***stripped***' });
  assert.equal(request.secrets.password, 'hunter2');
});

test('an absent secret does not look like one', () => {
  const request = createVolumeRequest();
  assert.deepEqual(stripSecrets('CreateVolumeRequest', request), request);
});

test('secrets behind nested and repeated messages are found by the table', () => {
  const table = { Outer: { inner: 'Inner', list: 'Inner' }, Inner: { key: 'secret' } };
  assert.deepEqual(
    strip(
      'Outer',
      { inner: { key: 'k', name: 'n' }, list: [{ key: 'k' }, { key: '' }], other: { key: 'k' } },
      table,
    ),
    {
      inner: { key: '***stripped***', name: 'n' },
      list: [{ key: '***stripped***' }, { key: '' }],
      other: { key: 'k' },
    },
  );
  assert.deepEqual(strip('Outer', { inner: undefined, list: [] }, table), { inner: undefined, list: [] });
});

test('service account tokens, which Kubernetes hands over unmarked, are taken out of the volume context', () => {
  const request = publishRequest({
    volumeContext: { 'csi.storage.k8s.io/serviceAccount.tokens': '{"aud":{"token":"ey"}}', server: 'a' },
  });
  assert.deepEqual(stripSecrets('NodePublishVolumeRequest', request), {
    ...request,
    volumeContext: { 'csi.storage.k8s.io/serviceAccount.tokens': '***stripped***', server: 'a' },
  });
});

test('of mount flags a log shows the names', () => {
  const capability = (mountFlags: string[]) => ({
    ...mountCapability(),
    accessType: { $case: 'mount' as const, mount: { fsType: '', mountFlags, volumeMountGroup: '' } },
  });
  const flags = ['noatime', 'password=hunter2', 'a=b=c'];
  const shown = ['noatime', 'password=***stripped***', 'a=***stripped***'];
  const publish = publishRequest({ volumeCapability: capability(flags) });
  assert.deepEqual(stripSecrets('NodePublishVolumeRequest', publish), {
    ...publish,
    volumeCapability: capability(shown),
  });
  const create = createVolumeRequest({ volumeCapabilities: [capability(flags), blockCapability] });
  assert.deepEqual(stripSecrets('CreateVolumeRequest', create), {
    ...create,
    volumeCapabilities: [capability(shown), blockCapability],
  });
  assert.deepEqual(publish.volumeCapability, capability(flags), 'the message itself is not touched');
});
