import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Volume } from '../csi/gen/csi.ts';
import type { StorageClass } from '../kube/objects.ts';
import { planProvisioning } from './create-request.ts';
import { persistentVolume, shortfall } from './persistent-volume.ts';
import { claim, driverName, storageClass } from './testing/provisioner-world.ts';

const tib = 2n ** 40n;
const volume: Volume = {
  volumeId: 'fs#10.0.0.4',
  capacityBytes: 16n * tib,
  volumeContext: { 'mgs-ip-address': '10.0.0.4' },
  contentSource: undefined,
  accessibleTopology: [],
};

function build(changes: Partial<Volume> = {}, classChanges: Partial<StorageClass> = {}, claimed = claim()) {
  const used = { ...storageClass, ...classChanges };
  const plan = planProvisioning(claimed, used, false);
  return persistentVolume({
    claim: { ...claimed, metadata: { ...claimed.metadata, resourceVersion: '7' } },
    storageClass: used,
    plan,
    volume: { ...volume, ...changes },
    identity: `1-2-${driverName}`,
  });
}

test('the object has every field that Kubernetes and other tools look for', () => {
  assert.deepEqual(build(), {
    metadata: {
      name: 'pvc-uid-data',
      annotations: {
        'pv.kubernetes.io/provisioned-by': driverName,
        'volume.kubernetes.io/provisioner-deletion-secret-name': '',
        'volume.kubernetes.io/provisioner-deletion-secret-namespace': '',
      },
      finalizers: ['external-provisioner.volume.kubernetes.io/finalizer'],
    },
    spec: {
      capacity: { storage: '16Ti' },
      accessModes: ['ReadWriteMany'],
      persistentVolumeReclaimPolicy: 'Delete',
      storageClassName: 'fast',
      volumeMode: 'Filesystem',
      mountOptions: ['noatime'],
      claimRef: {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        namespace: 'ns',
        name: 'data',
        uid: 'uid-data',
        resourceVersion: '7',
      },
      csi: {
        driver: driverName,
        volumeHandle: 'fs#10.0.0.4',
        volumeAttributes: {
          'mgs-ip-address': '10.0.0.4',
          'storage.kubernetes.io/csiProvisionerIdentity': `1-2-${driverName}`,
        },
      },
    },
  });
});

test('secrets are named where each of their users looks for them', () => {
  const { metadata, spec } = build(
    {},
    {
      parameters: {
        'csi.storage.k8s.io/secret-name': 'creds',
        'csi.storage.k8s.io/secret-namespace': 'kube-system',
      },
    },
  );
  const reference = { name: 'creds', namespace: 'kube-system' };
  assert.equal(metadata.annotations?.['volume.kubernetes.io/provisioner-deletion-secret-name'], 'creds');
  assert.equal(
    metadata.annotations?.['volume.kubernetes.io/controller-modify-secret-namespace'],
    'kube-system',
  );
  for (const field of [
    'controllerPublishSecretRef',
    'nodeStageSecretRef',
    'nodePublishSecretRef',
    'controllerExpandSecretRef',
    'nodeExpandSecretRef',
  ] as const)
    assert.deepEqual(spec.csi?.[field], reference, field);
});

test('an unknown capacity shows what was asked for', () => {
  assert.deepEqual(build({ capacityBytes: 0n }).spec.capacity, { storage: '4Ti' });
});

test('a file system type is named, except for a block volume', () => {
  const parameters = { 'csi.storage.k8s.io/fstype': 'lustre' };
  assert.equal(build({}, { parameters }).spec.csi?.fsType, 'lustre');
  assert.equal(build({}, { parameters }, claim('raw', { volumeMode: 'Block' })).spec.csi?.fsType, undefined);
});

test('a volume that some nodes cannot reach says which can', () => {
  const { nodeAffinity } = build({
    accessibleTopology: [{ segments: { zone: '1' } }, { segments: { zone: '2', rack: 'b' } }],
  }).spec;
  assert.deepEqual(nodeAffinity, {
    required: {
      nodeSelectorTerms: [
        { matchExpressions: [{ key: 'zone', operator: 'In', values: ['1'] }] },
        {
          matchExpressions: [
            { key: 'zone', operator: 'In', values: ['2'] },
            { key: 'rack', operator: 'In', values: ['b'] },
          ],
        },
      ],
    },
  });
});

test('a volume smaller than asked for is noticed, an unknown or larger one is fine', () => {
  const plan = planProvisioning(claim(), storageClass, false);
  assert.match(shortfall(plan, { ...volume, capacityBytes: tib }) ?? '', /1099511627776 less than requested/);
  assert.equal(shortfall(plan, { ...volume, capacityBytes: 0n }), undefined);
  assert.equal(shortfall(plan, volume), undefined);
});
