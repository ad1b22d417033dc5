import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PersistentVolume, PersistentVolumeClaim } from '../../kube/objects.ts';
import { persistentVolumeClaims, persistentVolumes, pods, storageClasses } from '../../kube/resources.ts';
import { eventTexts } from '../testing/event-texts.ts';
import { eventually } from '../testing/eventually.ts';
import { runningLoops } from './testing/running-loops.ts';

const claim = (name: string, spec: PersistentVolumeClaim['spec'] = {}): PersistentVolumeClaim => ({
  metadata: { name, namespace: 'default' },
  spec: { accessModes: ['ReadWriteMany'], resources: { requests: { storage: '10Gi' } }, ...spec },
});
const volume = (name: string, spec: PersistentVolume['spec'] = {}): PersistentVolume => ({
  metadata: { name },
  spec: {
    capacity: { storage: '10Gi' },
    accessModes: ['ReadWriteMany'],
    persistentVolumeReclaimPolicy: 'Retain',
    ...spec,
  },
});
const lustre = {
  metadata: { name: 'lustre' },
  provisioner: 'azurelustre.csi.azure.com',
  volumeBindingMode: 'Immediate' as const,
};

test('a claim takes the smallest volume that fits, and both say so', async (t) => {
  const cluster = await runningLoops(t);
  for (const storage of ['100Gi', '20Gi', '5Gi'])
    cluster.add(persistentVolumes, volume(`v${storage.toLowerCase()}`, { capacity: { storage } }));
  cluster.add(persistentVolumeClaims, claim('data'));
  const bound = await eventually(
    () => cluster.get(persistentVolumeClaims, 'data', 'default'),
    (it) => it?.status?.phase === 'Bound',
  );
  assert.equal(bound?.spec.volumeName, 'v20gi');
  assert.deepEqual(bound?.status, {
    phase: 'Bound',
    accessModes: ['ReadWriteMany'],
    capacity: { storage: '20Gi' },
  });
  assert.equal(bound?.metadata.annotations?.['pv.kubernetes.io/bind-completed'], 'yes');
  assert.equal(bound?.metadata.annotations?.['pv.kubernetes.io/bound-by-controller'], 'yes');
  const taken = cluster.get(persistentVolumes, 'v20gi');
  assert.equal(taken?.status?.phase, 'Bound');
  assert.equal(taken?.spec.claimRef?.uid, bound?.metadata.uid);
  await eventually(
    () => cluster.get(persistentVolumes, 'v100gi')?.status?.phase,
    (it) => it === 'Available',
  );
});

test('a claim of a class asks its provisioner, tells the user, and binds to the volume made for it', async (t) => {
  const cluster = await runningLoops(t);
  cluster.add(storageClasses, lustre);
  const { metadata } = cluster.add(persistentVolumeClaims, claim('data', { storageClassName: 'lustre' }));
  await eventually(
    () => eventTexts(cluster, 'data'),
    (it) =>
      it.includes(
        "Normal ExternalProvisioning Waiting for a volume to be created either by the external provisioner 'azurelustre.csi.azure.com' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.",
      ),
  );
  const asked = cluster.get(persistentVolumeClaims, 'data', 'default');
  assert.equal(asked?.status?.phase, 'Pending');
  for (const key of [
    'volume.kubernetes.io/storage-provisioner',
    'volume.beta.kubernetes.io/storage-provisioner',
  ])
    assert.equal(asked?.metadata.annotations?.[key], 'azurelustre.csi.azure.com');
  const claimRef = {
    kind: 'PersistentVolumeClaim',
    namespace: 'default',
    name: 'data',
    uid: metadata.uid ?? '',
  };
  cluster.add(
    persistentVolumes,
    volume('pvc-1', { storageClassName: 'lustre', claimRef, capacity: { storage: '16Ti' } }),
  );
  const bound = await eventually(
    () => cluster.get(persistentVolumeClaims, 'data', 'default'),
    (it) => it?.status?.phase === 'Bound',
  );
  assert.deepEqual(bound?.status?.capacity, { storage: '16Ti' });
  assert.equal(
    cluster.get(persistentVolumes, 'pvc-1')?.metadata.annotations?.['pv.kubernetes.io/bound-by-controller'],
    undefined,
  );
});

test('why a claim waits is told in Kubernetes’ words', async (t) => {
  const cluster = await runningLoops(t);
  cluster.add(storageClasses, {
    ...lustre,
    metadata: { name: 'late' },
    volumeBindingMode: 'WaitForFirstConsumer',
  });
  cluster.add(persistentVolumes, volume('small', { capacity: { storage: '1Gi' } }));
  cluster.add(persistentVolumes, volume('theirs', { claimRef: { namespace: 'other', name: 'x', uid: 'y' } }));
  const expected = {
    'no-class':
      'Normal FailedBinding no persistent volumes available for this claim and no storage class is set',
    'unknown-class': 'Warning ProvisioningFailed storageclass.storage.k8s.io "none" not found',
    'late-claim': 'Normal WaitForFirstConsumer waiting for first consumer to be created before binding',
    'too-big': 'Warning VolumeMismatch Cannot bind to requested volume "small": requested PV is too small',
    stolen: 'Warning FailedBinding volume "theirs" already bound to a different claim.',
  };
  cluster.add(persistentVolumeClaims, claim('no-class'));
  cluster.add(persistentVolumeClaims, claim('unknown-class', { storageClassName: 'none' }));
  cluster.add(persistentVolumeClaims, claim('late-claim', { storageClassName: 'late' }));
  cluster.add(persistentVolumeClaims, claim('too-big', { volumeName: 'small' }));
  cluster.add(persistentVolumeClaims, claim('stolen', { volumeName: 'theirs' }));
  for (const [name, text] of Object.entries(expected)) {
    await eventually(
      () => eventTexts(cluster, name),
      (it) => it.includes(text),
    );
    assert.equal(cluster.get(persistentVolumeClaims, name, 'default')?.status?.phase, 'Pending', name);
  }
});

test('when the claim goes the volume is Released, data kept; when the volume goes the claim is Lost', async (t) => {
  const cluster = await runningLoops(t);
  for (const name of ['a', 'b']) {
    cluster.add(persistentVolumes, volume(`volume-${name}`));
    cluster.add(persistentVolumeClaims, claim(name, { volumeName: `volume-${name}` }));
    await eventually(
      () => cluster.get(persistentVolumeClaims, name, 'default')?.status?.phase,
      (it) => it === 'Bound',
    );
  }
  await cluster.client.delete(persistentVolumeClaims, { namespace: 'default', name: 'a' });
  await eventually(
    () => cluster.get(persistentVolumes, 'volume-a')?.status?.phase,
    (it) => it === 'Released',
  );
  await cluster.client.delete(persistentVolumes, { name: 'volume-b' });
  assert.notEqual(
    cluster.get(persistentVolumes, 'volume-b')?.metadata.deletionTimestamp,
    undefined,
    'bound volumes wait',
  );
  await cluster.client.patch(
    persistentVolumes,
    { name: 'volume-b' },
    { type: 'merge', body: { metadata: { finalizers: [] } } },
  );
  await eventually(
    () => cluster.get(persistentVolumeClaims, 'b', 'default')?.status?.phase,
    (it) => it === 'Lost',
  );
});

test('a deleted claim waits for its pod, then goes', async (t) => {
  const cluster = await runningLoops(t);
  cluster.add(persistentVolumes, volume('v'));
  cluster.add(persistentVolumeClaims, claim('data'));
  await eventually(
    () => cluster.get(persistentVolumeClaims, 'data', 'default')?.status?.phase,
    (it) => it === 'Bound',
  );
  const pod = {
    metadata: { name: 'writer', namespace: 'default' },
    spec: {
      nodeName: 'node',
      containers: [],
      volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }],
    },
    status: { phase: 'Running' },
  };
  cluster.add(pods, pod);
  await cluster.client.delete(persistentVolumeClaims, { namespace: 'default', name: 'data' });
  assert.notEqual(
    cluster.get(persistentVolumeClaims, 'data', 'default')?.metadata.deletionTimestamp,
    undefined,
  );
  await cluster.client.delete(pods, { namespace: 'default', name: 'writer' }, { gracePeriodSeconds: 0 });
  await eventually(
    () => cluster.get(persistentVolumeClaims, 'data', 'default'),
    (it) => it === undefined,
  );
  await eventually(
    () => cluster.get(persistentVolumes, 'v')?.status?.phase,
    (it) => it === 'Released',
  );
});
