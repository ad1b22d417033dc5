import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { WatchEvent } from '../../src/kube/client.ts';
import type { KubeObject } from '../../src/kube/objects.ts';
import { configMaps, persistentVolumeClaims, persistentVolumes, secrets } from '../../src/kube/resources.ts';
import { controlPlaneRefusal } from './open-control-plane.ts';
import { shareControlPlane } from './testing/shared-control-plane.ts';

suite('the Kubernetes client on a real API server', { skip: controlPlaneRefusal() }, () => {
  const shared = shareControlPlane({ controllers: false });
  const configMap = (namespace: string, name: string, data = {}): KubeObject => ({
    metadata: { namespace, name, labels: { parity: Number(name.at(-1)) % 2 ? 'odd' : 'even' } },
    data,
  });

  test('creates, replaces with optimistic concurrency, and deletes with preconditions', async () => {
    const { client } = shared;
    const namespace = await shared.newNamespace();
    const made = await client.create(configMaps, configMap(namespace, 'a1', { k: '1' }));
    await assert.rejects(client.create(configMaps, configMap(namespace, 'a1')), {
      status: 409,
      reason: 'AlreadyExists',
    });
    const newer = await client.replace(configMaps, { ...made, data: { k: '2' } });
    await assert.rejects(client.replace(configMaps, { ...made, data: { k: '3' } }), {
      status: 409,
      reason: 'Conflict',
    });
    const wrongUid = { preconditions: { uid: 'b5fb4e62-3bd2-43b1-a2ea-2f5d4d5eaf32' } };
    await assert.rejects(client.delete(configMaps, { namespace, name: 'a1' }, wrongUid), {
      status: 409,
      reason: 'Conflict',
    });
    const { uid = '', resourceVersion = '' } = newer.metadata;
    await client.delete(configMaps, { namespace, name: 'a1' }, { preconditions: { uid, resourceVersion } });
    await assert.rejects(client.get(configMaps, { namespace, name: 'a1' }), {
      status: 404,
      reason: 'NotFound',
      details: { name: 'a1', kind: 'configmaps' },
    });
  });

  test('every kind of patch arrives as what it is', async () => {
    const { client } = shared;
    const namespace = await shared.newNamespace();
    const name = { namespace, name: 'p1' };
    await client.create(secrets, {
      metadata: { ...name, finalizers: ['a.example/x'] },
      data: { gone: 'eA==' },
    });
    const merged = await client.patch(secrets, name, {
      type: 'merge',
      body: { data: { gone: null, new: 'eQ==' } },
    });
    assert.deepEqual(merged.data, { new: 'eQ==' });
    const strategic = await client.patch(secrets, name, {
      type: 'strategic',
      body: { metadata: { finalizers: ['b.example/y'] } },
    });
    // Finalizers merge as a set under the strategic patch, which is what tells it from a merge patch.
    assert.deepEqual(strategic.metadata.finalizers?.toSorted(), ['a.example/x', 'b.example/y']);
    const json = await client.patch(secrets, name, {
      type: 'json',
      body: [
        { op: 'test', path: '/data/new', value: 'eQ==' },
        { op: 'remove', path: '/metadata/finalizers' },
      ],
    });
    assert.equal(json.metadata.finalizers, undefined);
    const applied = await client.patch(
      secrets,
      { namespace, name: 'applied' },
      {
        type: 'apply',
        fieldManager: 'test',
        force: true,
        body: { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'applied' }, data: { z: 'eg==' } },
      },
    );
    assert.deepEqual(applied.data, { z: 'eg==' });
  });

  test('the status of a claim is a subresource: it changes there and only there', async () => {
    const { client } = shared;
    const namespace = await shared.newNamespace();
    const name = { namespace, name: 'claim' };
    await client.create(persistentVolumeClaims, {
      metadata: name,
      spec: {
        accessModes: ['ReadWriteMany'],
        resources: { requests: { storage: '1Gi' } },
        storageClassName: '',
      },
    });
    const body = { status: { phase: 'Lost' } };
    const ignored = await client.patch(persistentVolumeClaims, name, { type: 'merge', body });
    assert.equal(ignored.status?.phase, 'Pending');
    const done = await client.patch(
      persistentVolumeClaims,
      name,
      { type: 'merge', body },
      { subresource: 'status' },
    );
    assert.equal(done.status?.phase, 'Lost');
  });

  test('what the server refuses names the field, so that a user can mend it', async () => {
    const { client } = shared;
    const volume = {
      metadata: { name: 'wrong' },
      spec: { accessModes: ['ReadWriteMany' as const], csi: { driver: 'd.example', volumeHandle: 'h' } },
    };
    await assert.rejects(
      client.create(persistentVolumes, volume),
      (error: { status?: number; reason?: string; message?: string; details?: { causes?: unknown } }) => {
        assert.equal(error.status, 422);
        assert.equal(error.reason, 'Invalid');
        assert.match(error.message ?? '', /spec\.capacity: Required value/);
        assert.ok(Array.isArray(error.details?.causes));
        return true;
      },
    );
  });

  test('lists in pages, by label and by field', async () => {
    const { client } = shared;
    const namespace = await shared.newNamespace();
    for (let i = 0; i < 5; i++) await client.create(configMaps, configMap(namespace, `m${i}`));
    const names: string[] = [];
    let page: string | undefined;
    do {
      const list = await client.list(configMaps, {
        namespace,
        limit: 2,
        ...(page !== undefined && { continue: page }),
      });
      assert.ok(list.items.length <= 2);
      names.push(...list.items.map(({ metadata }) => metadata.name ?? ''));
      page = list.continue;
    } while (page !== undefined);
    assert.deepEqual(names, ['m0', 'm1', 'm2', 'm3', 'm4']);
    const odd = await client.list(configMaps, { namespace, labelSelector: 'parity=odd' });
    assert.deepEqual(
      odd.items.map(({ metadata }) => metadata.name),
      ['m1', 'm3'],
    );
    const one = await client.list(configMaps, { namespace, fieldSelector: 'metadata.name=m4' });
    assert.equal(one.items.length, 1);
  });

  test('watches from a version until the server ends the stream', async () => {
    const { client } = shared;
    const namespace = await shared.newNamespace();
    const { resourceVersion } = await client.list(configMaps, { namespace });
    const made = await client.create(configMaps, configMap(namespace, 'w1'));
    await client.delete(configMaps, { namespace, name: 'w1' });
    const seen: WatchEvent<KubeObject>[] = [];
    const signal = new AbortController().signal;
    for await (const event of client.watch(configMaps, {
      namespace,
      resourceVersion,
      timeoutSeconds: 1,
      signal,
    }))
      seen.push(event);
    const objects = seen.filter((event) => event.type !== 'BOOKMARK');
    assert.deepEqual(
      objects.map((event) => [event.type, event.object.metadata.uid]),
      [
        ['ADDED', made.metadata.uid],
        ['DELETED', made.metadata.uid],
      ],
    );
  });

  test('a watch with initial events ends them with a bookmark', async () => {
    const { client } = shared;
    const namespace = await shared.newNamespace();
    for (const name of ['i1', 'i2']) await client.create(configMaps, configMap(namespace, name));
    const stop = new AbortController();
    const seen: string[] = [];
    for await (const event of client.watch(configMaps, {
      namespace,
      sendInitialEvents: true,
      signal: stop.signal,
    })) {
      seen.push(event.type === 'BOOKMARK' ? `end ${event.initialEventsEnd}` : event.type);
      if (event.type === 'BOOKMARK') break;
    }
    assert.deepEqual(seen, ['ADDED', 'ADDED', 'end true']);
  });
});
