import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject, PersistentVolumeClaim } from '../../../kube/objects.ts';
import type { ClusterView } from '../kinds/kind-rules.ts';
import { admitWithinLimits } from './limit-range.ts';

const limits = {
  metadata: { name: 'l', namespace: 'n' },
  spec: {
    limits: [
      { type: 'Container', max: { storage: '1' } },
      { type: 'PersistentVolumeClaim', min: { storage: '1Ti' }, max: { storage: '5Ti' } },
    ],
  },
};
const cluster: ClusterView = {
  get: () => undefined,
  list: <T extends KubeObject>() => [limits as unknown as T],
  timestamp: () => '',
};
const claim = (storage: string): PersistentVolumeClaim => ({
  metadata: { name: 'c', namespace: 'n' },
  spec: { accessModes: ['ReadWriteMany'], resources: { requests: { storage } } },
});

test('a claim is as large as its namespace allows', () => {
  admitWithinLimits(claim('1Ti'), cluster);
  admitWithinLimits(claim('5Ti'), cluster);
  for (const [size, message] of [
    ['5121Gi', 'maximum storage usage per PersistentVolumeClaim is 5Ti, but request is 5121Gi'],
    ['1Gi', 'minimum storage usage per PersistentVolumeClaim is 1Ti, but request is 1Gi'],
  ]) {
    assert.throws(() => admitWithinLimits(claim(size ?? ''), cluster), {
      reason: 'Forbidden',
      message: `persistentvolumeclaims "c" is forbidden: ${message}`,
    });
  }
});
