import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { parseMountLine } from '../../mount/mountinfo.ts';
import { targetState } from '../../mount/target-state.ts';
import { directoryVolume } from './directory/directory-volume.ts';
import { planMount } from './node/mount-plan.ts';
import { key, name, refusalOf, setUpBackend } from './testing/backend-setup.ts';
import { createCall } from './testing/calls.ts';
import { createRequest, publishRequest, tutorialWith } from './testing/requests.ts';
import { upstreamDeletes, upstreamMounts, upstreamParse } from './testing/upstream-rules.ts';
import { upstreamTags, upstreamVolumes } from './testing/upstream-volumes.ts';
import { formatVolumeId, parseVolumeId } from './volume-id.ts';

const resourceGroup = 'my-resource-group';
const volumes = upstreamVolumes('10.0.0.4', { name, resourceGroup, mgsAddress: '10.0.0.9' });
const field = fc.string({ maxLength: 20 }).map((text) => text.replaceAll('#', ''));

describe('handles', () => {
  test('of upstream, in every number of fields, mean the same here', () => {
    const marker = fc.constantFrom('t', 'f', '', 'true', 'T');
    const handle = fc
      .tuple(field, field, field, field, marker, field, fc.integer({ min: 1, max: 6 }))
      .map(([a, b, c, d, e, f, count]) => [a, b, c, d, e, f].slice(0, count).join('#'));
    fc.assert(
      fc.property(handle, (text) => {
        const [here, there] = [parseVolumeId(text), upstreamParse(text)];
        if (here === undefined || there === undefined) return assert.equal(here, there);
        const { name, mgsAddress, subDir, dynamic, resourceGroup } = here;
        assert.deepEqual({ name, mgsAddress, subDir, dynamic: dynamic === true, resourceGroup }, there);
      }),
    );
  });

  test('of Berth mean the same to upstream', () => {
    const id = fc.record(
      {
        name: field,
        mgsAddress: fc.ipV4(),
        subDir: field.map((path) => path.replace(/^\/+|\/+$/g, '')),
        dynamic: fc.boolean(),
        resourceGroup: field,
      },
      { noNullPrototype: true },
    );
    fc.assert(
      fc.property(id, (volume) => {
        assert.deepEqual(upstreamParse(formatVolumeId({ ...volume, fsName: 'lustrefs' })), volume);
      }),
    );
  });
});

describe('a volume that Berth made', () => {
  test('is deleted by upstream: the same file system, and nothing for a static one', async () => {
    const { make, azure } = setUpBackend();
    const dynamic = await make();
    assert.deepEqual(upstreamDeletes(dynamic.id), { group: resourceGroup, name });
    assert.deepEqual([...azure.stored.keys()], [key]);
    const shared = await make(createRequest({ 'mgs-ip-address': '10.0.0.4', 'sub-dir': 'a/b' }));
    assert.equal(upstreamDeletes(shared.id), 'nothing');
  });

  test('is mounted by upstream as it is here, with what a person may set', async () => {
    const { make } = setUpBackend();
    for (const parameters of [
      undefined,
      tutorialWith({ 'sub-dir': 'projects/a' }),
      { 'mgs-ip-address': '10.0.0.4' },
      { 'mgs-ip-address': '10.0.0.4', 'sub-dir': '/x/' },
    ]) {
      const { context } = await make(createRequest(parameters));
      for (const readonly of [false, true]) {
        const mountFlags = ['noatime', 'flock'];
        const { plan } = planMount(publishRequest(context, { mountFlags, readonly }));
        const { source, options } = plan;
        assert.deepEqual(upstreamMounts(context, mountFlags, readonly), { source, options });
      }
    }
  });
});

test('a directory of a claim is a static volume to upstream: mounted as here, and never deleted', () => {
  const { id, context } = directoryVolume(
    {
      ...{ volume: name, driver: 'azurelustre.csi.azure.com', base: 'claims', path: 'default/data' },
      ...{ mode: 0o770, uid: 1000, gid: 1000, onDelete: 'delete', capacityBytes: 1n, projectId: 7 },
    },
    '10.0.0.4',
  );
  assert.equal(upstreamDeletes(id), 'nothing');
  const { source, options } = planMount(publishRequest(context)).plan;
  assert.deepEqual(upstreamMounts(context, [], false), { source, options });
  assert.equal(source, '10.0.0.4@tcp:/lustrefs/claims/default/data');
});

describe('a volume that upstream made', () => {
  for (const { form, volumeHandle, volumeAttributes } of volumes) {
    test(`${form}: is mounted as upstream mounts it`, () => {
      const request = publishRequest(volumeAttributes, { volumeId: volumeHandle, mountFlags: ['flock'] });
      const { plan, refusals } = planMount(request);
      assert.deepEqual(refusals, []);
      const { source, options } = plan;
      assert.deepEqual(upstreamMounts(volumeAttributes, ['flock'], false), { source, options });
    });

    test(`${form}: a mount of it that stands is taken for what is asked`, () => {
      const request = publishRequest(volumeAttributes, { mountFlags: ['noatime', 'flock'] });
      const { plan } = planMount(request, { uniqueFsid: true });
      const shown = 'rw,checksum,encrypt,flock,lazystatfs,lruresize,nolock,statfs_project,verbose';
      const line = `50 1 0:99 / /t rw,noatime shared:5 - lustre ${plan.source} ${shown}`;
      const entry = parseMountLine(line);
      assert.ok(entry);
      assert.deepEqual(targetState({ type: 'mount', entry }, plan), { state: 'as-planned' });
    });
  }

  test('is deleted here exactly where upstream would, and never more', async () => {
    for (const { volumeHandle } of volumes) {
      const { backend, settle, azure, make } = setUpBackend();
      await make();
      const made = azure.stored.get(key);
      assert.ok(made);
      azure.stored.set(key, { ...made, tags: upstreamTags(name, 'my-claim') });
      await settle(backend.delete(volumeHandle, {}, createCall()));
      const gone = upstreamDeletes(volumeHandle);
      assert.equal(azure.stored.has(key), gone === 'nothing', volumeHandle);
    }
  });

  test('without a resource group in its handle is refused, as upstream refuses it', async () => {
    const handle = `${name}#lustrefs#10.0.0.9##t`;
    assert.equal(upstreamDeletes(handle), 'refused');
    const { backend, azure, make } = setUpBackend();
    await make();
    const { code } = await refusalOf(backend.delete(handle, {}, createCall()));
    assert.equal(code, 'failed-precondition');
    assert.equal(azure.stored.has(key), true);
  });

  test('but is not provably its own stays, with the reason', async () => {
    const { backend, azure, make } = setUpBackend();
    const { id } = await make();
    for (const tags of [{}, upstreamTags('pvc-of-somebody-else', 'c'), { team: 'a' }]) {
      const made = azure.stored.get(key);
      assert.ok(made);
      azure.stored.set(key, { ...made, tags });
      const { code, message } = await refusalOf(backend.delete(id, {}, createCall()));
      assert.equal(code, 'failed-precondition');
      assert.match(message, /nothing proves that Berth made it/);
      assert.equal(azure.stored.has(key), true);
    }
  });

  test('half-way, its creation is gone on with instead of begun again', async () => {
    const { backend, azure, settle, make } = setUpBackend();
    await make();
    const made = azure.stored.get(key);
    assert.ok(made);
    azure.stored.set(key, { ...made, tags: upstreamTags(name, 'my-claim') });
    azure.calls.length = 0;
    const call = createCall();
    const intent = backend.intent(createRequest());
    const plan = await backend.plan(intent, call);
    const found = await backend.find(intent, call);
    assert.ok(found);
    assert.equal(backend.conflict(plan, found), undefined);
    const volume = await settle(backend.complete(plan, found, call));
    assert.equal(
      volume.id,
      `${name}#lustrefs#${found.fileSystem?.properties.clientInfo?.mgsAddress}##t#${resourceGroup}`,
    );
    assert.ok(!azure.calls.some((line) => line.startsWith('beginCreate')));
  });
});
