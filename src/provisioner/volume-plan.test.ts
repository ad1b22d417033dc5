import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { PersistentVolume } from '../kube/objects.ts';
import { annotations, volumeFinalizer } from './names.ts';
import { decideVolume } from './volume-plan.ts';

const driver = 'test.csi.example';

const anyVolume: fc.Arbitrary<PersistentVolume> = fc
  .record({
    driver: fc.constantFrom(driver, 'other'),
    provisionedBy: fc.constantFrom(driver, 'other', undefined),
    phase: fc.constantFrom('Pending', 'Available', 'Bound', 'Released', 'Failed', undefined),
    policy: fc.constantFrom('Delete', 'Retain', 'Recycle', undefined),
    deleting: fc.boolean(),
    finalizer: fc.boolean(),
  })
  .map((given) => ({
    metadata: {
      name: 'pv',
      ...(given.deleting && { deletionTimestamp: '2026-01-01T00:00:00Z' }),
      finalizers: ['kubernetes.io/pv-protection', ...(given.finalizer ? [volumeFinalizer] : [])],
      annotations: { ...(given.provisionedBy && { [annotations.provisionedBy]: given.provisionedBy }) },
    },
    spec: {
      csi: { driver: given.driver, volumeHandle: 'h' },
      ...(given.policy && { persistentVolumeReclaimPolicy: given.policy }),
    },
    ...(given.phase && { status: { phase: given.phase } }),
  }));

test('only a released volume of ours, made by us, with the policy Delete, is ever deleted', () => {
  fc.assert(
    fc.property(anyVolume, (volume) => {
      if (decideVolume(volume, driver) !== 'delete') return;
      assert.equal(volume.spec.csi?.driver, driver);
      assert.equal(volume.metadata.annotations?.[annotations.provisionedBy], driver);
      assert.equal(volume.spec.persistentVolumeReclaimPolicy, 'Delete');
      assert.equal(volume.status?.phase, 'Released');
    }),
  );
});

test('no decision asks for what is already so, and none touches a volume of another driver', () => {
  fc.assert(
    fc.property(anyVolume, (volume) => {
      const decision = decideVolume(volume, driver);
      const has = volume.metadata.finalizers?.includes(volumeFinalizer);
      if (decision === 'add-finalizer') assert(!has && !volume.metadata.deletionTimestamp);
      if (decision === 'remove-finalizer') assert(has);
      if (volume.spec.csi?.driver !== driver) assert.equal(decision, 'ignore');
    }),
  );
});

test('no object is held for ever by a finalizer of ours once its claim is gone', () => {
  fc.assert(
    fc.property(anyVolume, (volume) => {
      const { phase } = volume.status ?? {};
      const stuck =
        volume.metadata.deletionTimestamp !== undefined &&
        volume.metadata.finalizers?.includes(volumeFinalizer) &&
        volume.spec.csi?.driver === driver &&
        volume.metadata.annotations?.[annotations.provisionedBy] === undefined &&
        phase !== 'Bound';
      if (stuck) assert.notEqual(decideVolume(volume, driver), 'ignore');
    }),
  );
});
