import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VolumeCapability_AccessMode_Mode as Mode } from '../csi/gen/csi.ts';
import type { ClaimAccessMode } from '../kube/objects.ts';
import { planProvisioning, volumeCapabilities } from './create-request.ts';
import { Refusal } from './refusal.ts';
import { claim, storageClass } from './testing/provisioner-world.ts';

test('claim and class become the request that external-provisioner would send', () => {
  assert.deepEqual(planProvisioning(claim(), storageClass, false).request, {
    name: 'pvc-uid-data',
    capacityRange: { requiredBytes: 4398046511104n, limitBytes: 0n },
    volumeCapabilities: [
      {
        accessMode: { mode: Mode.MULTI_NODE_MULTI_WRITER },
        accessType: {
          $case: 'mount',
          mount: { fsType: '', mountFlags: ['noatime'], volumeMountGroup: '' },
        },
      },
    ],
    parameters: {
      'sku-name': 'standard',
      'csi.storage.k8s.io/pvc/name': 'data',
      'csi.storage.k8s.io/pvc/namespace': 'ns',
      'csi.storage.k8s.io/pv/name': 'pvc-uid-data',
    },
    secrets: {},
    volumeContentSource: undefined,
    accessibilityRequirements: undefined,
    mutableParameters: {},
  });
});

test('access modes have the CSI meaning that the driver can tell apart', () => {
  const modes = (singleNodeMultiWriter: boolean, ...accessModes: ClaimAccessMode[]) =>
    volumeCapabilities({ accessModes }, '', [], singleNodeMultiWriter).map(
      ({ accessMode }) => accessMode?.mode,
    );
  assert.deepEqual(modes(false, 'ReadWriteOnce', 'ReadOnlyMany', 'ReadWriteMany'), [
    Mode.SINGLE_NODE_WRITER,
    Mode.MULTI_NODE_READER_ONLY,
    Mode.MULTI_NODE_MULTI_WRITER,
  ]);
  assert.deepEqual(modes(true, 'ReadWriteOnce'), [Mode.SINGLE_NODE_MULTI_WRITER]);
  assert.deepEqual(modes(false, 'ReadWriteOncePod'), [Mode.SINGLE_NODE_WRITER]);
  assert.deepEqual(modes(true, 'ReadWriteOncePod'), [Mode.SINGLE_NODE_SINGLE_WRITER]);
  assert.throws(() => modes(true, 'ReadWriteOncePod', 'ReadWriteOnce'), Refusal);
});

test('a block claim asks for a block volume', () => {
  const [capability] = planProvisioning(claim('raw', { volumeMode: 'Block' }), storageClass, false).request
    .volumeCapabilities;
  assert.deepEqual(capability?.accessType, { $case: 'block', block: {} });
});

test('what the claim cannot have is refused before the driver is asked', () => {
  const refuses = (changes: object, message: RegExp) =>
    assert.throws(
      () => planProvisioning(claim('x', changes), storageClass, false),
      (error) => {
        assert(error instanceof Refusal);
        assert.match(error.message, message);
        return true;
      },
    );
  refuses({ selector: { matchLabels: { a: 'b' } } }, /claim Selector is not supported/);
  refuses(
    { dataSource: { kind: 'PersistentVolumeClaim', name: 'other' } },
    /cannot make a volume from a Persist/,
  );
  refuses({ resources: {} }, /spec.resources.requests.storage: "" is no size/);
});

test('a claim from a snapshot is refused with the reason that the driver gives', () => {
  const dataSource = { apiGroup: 'snapshot.storage.k8s.io', kind: 'VolumeSnapshot', name: 's' };
  assert.throws(
    () => planProvisioning(claim('x', { dataSource }), storageClass, false, 'the service has none'),
    /cannot make a volume from a VolumeSnapshot: the service has none$/,
  );
});
