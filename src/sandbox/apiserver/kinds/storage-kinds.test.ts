import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { at } from '../tables/column.ts';
import { startTestServer, type TestAnswer, type TestServer } from '../testing/test-server.ts';

let server: TestServer;
before(async () => {
  server = await startTestServer();
});
after(() => server.close());

const classes = '/apis/storage.k8s.io/v1/storageclasses';
const claims = '/api/v1/namespaces/default/persistentvolumeclaims';
const volumes = '/api/v1/persistentvolumes';
const storageClass = (name: string, more: object = {}) => ({
  metadata: { name },
  provisioner: 'x.example.com',
  ...more,
});
const claim = (name: string, spec: object = {}) => ({
  metadata: { name },
  spec: { accessModes: ['ReadWriteMany'], resources: { requests: { storage: '1Gi' } }, ...spec },
});
const merge = (path: string, body: object) =>
  server.request('PATCH', path, body, { 'Content-Type': 'application/merge-patch+json' });
const post = (path: string, body: object) => server.request('POST', path, body);
const said = ({ status, body }: TestAnswer) => [status, body.message];

describe('StorageClass', () => {
  test('has Kubernetes’ defaults', async () => {
    const { body } = await post(classes, storageClass('defaults'));
    assert.deepEqual([body.reclaimPolicy, body.volumeBindingMode], ['Delete', 'Immediate']);
  });

  test('needs a provisioner, a known policy and mode', async () => {
    assert.deepEqual(said(await post(classes, { metadata: { name: 'none' } })), [
      422,
      'StorageClass.storage.k8s.io "none" is invalid: provisioner: Required value',
    ]);
    const { body } = await post(
      classes,
      storageClass('words', { reclaimPolicy: 'Recycle', volumeBindingMode: 'Later' }),
    );
    assert.equal(
      body.message,
      'StorageClass.storage.k8s.io "words" is invalid: [reclaimPolicy: Unsupported value: "Recycle": supported values: "Delete", "Retain", volumeBindingMode: Unsupported value: "Later": supported values: "Immediate", "WaitForFirstConsumer"]',
    );
  });

  test('keeps what defines its volumes; labels and options may change', async () => {
    await post(classes, storageClass('fixed', { parameters: { a: '1' } }));
    const refused = 'StorageClass.storage.k8s.io "fixed" is invalid: ';
    const path = `${classes}/fixed`;
    assert.deepEqual(said(await merge(path, { parameters: { a: '2' } })), [
      422,
      `${refused}parameters: Invalid value: {"a":"2"}: field is immutable`,
    ]);
    assert.deepEqual(said(await merge(path, { provisioner: 'y' })), [
      422,
      `${refused}provisioner: Invalid value: "y": field is immutable`,
    ]);
    assert.deepEqual(said(await merge(path, { reclaimPolicy: 'Retain' })), [
      422,
      `${refused}reclaimPolicy: Invalid value: "Retain": field is immutable`,
    ]);
    assert.deepEqual(said(await merge(path, { volumeBindingMode: 'WaitForFirstConsumer' })), [
      422,
      `${refused}volumeBindingMode: Invalid value: "WaitForFirstConsumer": field is immutable`,
    ]);
    assert.equal((await merge(path, { allowVolumeExpansion: true, mountOptions: ['noatime'] })).status, 200);
  });
});

describe('PersistentVolumeClaim', () => {
  test('begins pending, protected, and with the newest default class', async () => {
    const annotations = { 'storageclass.kubernetes.io/is-default-class': 'true' };
    await post(classes, {
      ...storageClass('default-class'),
      metadata: { name: 'default-class', annotations },
    });
    const { body } = await post(claims, claim('begins'));
    assert.deepEqual(body.status, { phase: 'Pending' });
    assert.deepEqual(body.metadata.finalizers, ['kubernetes.io/pvc-protection']);
    assert.deepEqual(
      [at(body, 'spec.storageClassName'), at(body, 'spec.volumeMode')],
      ['default-class', 'Filesystem'],
    );
    const none = await post(claims, claim('no-class', { storageClassName: '' }));
    assert.equal(at(none.body, 'spec.storageClassName'), '', 'empty means: none');
    await server.request('DELETE', `${classes}/default-class`);
  });

  test('needs access modes and a size', async () => {
    const { status, body } = await post(claims, { metadata: { name: 'bare' }, spec: {} });
    assert.equal(status, 422);
    assert.equal(
      body.message,
      'PersistentVolumeClaim "bare" is invalid: [spec.accessModes: Required value: at least 1 access mode is required, spec.resources[storage]: Required value]',
    );
    assert.deepEqual((at(body, 'details.causes') as object[])[0], {
      reason: 'FieldValueRequired',
      message: 'Required value: at least 1 access mode is required',
      field: 'spec.accessModes',
    });
  });

  test('its spec is fixed but for the binder naming the volume once', async () => {
    await post(claims, claim('spec', { storageClassName: 'a' }));
    const path = `${claims}/spec`;
    const immutable =
      /^PersistentVolumeClaim "spec" is invalid: spec: Forbidden: spec is immutable after creation except resources\.requests/;
    assert.match((await merge(path, { spec: { storageClassName: 'b' } })).body.message ?? '', immutable);
    assert.match(
      (await merge(path, { spec: { resources: { requests: { storage: '2Gi' } } } })).body.message ?? '',
      immutable,
    );
    assert.equal((await merge(path, { spec: { volumeName: 'v' } })).status, 200);
    assert.match((await merge(path, { spec: { volumeName: 'w' } })).body.message ?? '', immutable);
  });

  test('grows when bound and its class allows it; below its capacity it never shrinks', async () => {
    await post(classes, storageClass('rigid'));
    await post(classes, storageClass('growing', { allowVolumeExpansion: true }));
    const size = (storage: string) => ({ spec: { resources: { requests: { storage } } } });
    for (const name of ['rigid', 'growing']) {
      await post(claims, claim(name, { storageClassName: name }));
      await merge(`${claims}/${name}/status`, { status: { phase: 'Bound', capacity: { storage: '1Gi' } } });
    }
    assert.deepEqual(said(await merge(`${claims}/rigid`, size('2Gi'))), [
      403,
      'persistentvolumeclaims "rigid" is forbidden: only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize',
    ]);
    assert.equal((await merge(`${claims}/growing`, size('3Gi'))).status, 200);
    assert.equal((await merge(`${claims}/growing`, size('2Gi'))).status, 200, 'back to above the capacity');
    assert.match(
      (await merge(`${claims}/growing`, size('1Gi'))).body.message ?? '',
      /field can not be less than status\.capacity/,
    );
  });
});

describe('PersistentVolume', () => {
  const csi = { driver: 'x.example.com', volumeHandle: 'h' };
  const volume = (name: string, spec: object = {}) => ({
    metadata: { name },
    spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteMany'], csi, ...spec },
  });

  test('made by hand is retained, protected and pending', async () => {
    const { body } = await post(volumes, volume('hand'));
    assert.deepEqual(
      [at(body, 'spec.persistentVolumeReclaimPolicy'), at(body, 'status.phase')],
      ['Retain', 'Pending'],
    );
    assert.deepEqual(body.metadata.finalizers, ['kubernetes.io/pv-protection']);
  });

  test('needs a size, a mode, and exactly one source with its fields', async () => {
    assert.match(
      (await post(volumes, { metadata: { name: 'bare' }, spec: {} })).body.message ?? '',
      /\[spec\.accessModes: Required value, spec\.capacity: Required value, .*, spec: Required value: must specify a volume type\]$/,
    );
    assert.match(
      (await post(volumes, volume('two', { nfs: { server: 's', path: '/' } }))).body.message ?? '',
      /spec\.csi: Forbidden: may not specify more than 1 volume type/,
    );
    assert.match(
      (await post(volumes, volume('handle', { csi: { driver: 'd' } }))).body.message ?? '',
      /spec\.csi\.volumeHandle: Required value/,
    );
  });

  test('keeps its source; a finalizer of its driver may be added', async () => {
    await post(volumes, volume('source'));
    assert.match(
      (await merge(`${volumes}/source`, { spec: { csi: { volumeHandle: 'other' } } })).body.message ?? '',
      /spec\.persistentvolumesource is immutable after creation/,
    );
    assert.equal(
      (
        await merge(`${volumes}/source`, {
          metadata: { finalizers: ['kubernetes.io/pv-protection', 'a.b/c'] },
        })
      ).status,
      200,
    );
  });
});

describe('CSIDriver', () => {
  test('has Kubernetes’ defaults and keeps attachRequired', async () => {
    const path = '/apis/storage.k8s.io/v1/csidrivers';
    const { body } = await post(path, {
      metadata: { name: 'd.example.com' },
      spec: { attachRequired: false },
    });
    assert.deepEqual(body.spec, {
      attachRequired: false,
      podInfoOnMount: false,
      storageCapacity: false,
      fsGroupPolicy: 'ReadWriteOnceWithFSType',
      volumeLifecycleModes: ['Persistent'],
      requiresRepublish: false,
      seLinuxMount: false,
    });
    assert.match(
      (await merge(`${path}/d.example.com`, { spec: { attachRequired: true } })).body.message ?? '',
      /spec\.attachedRequired: Invalid value: true: field is immutable/,
    );
  });
});
