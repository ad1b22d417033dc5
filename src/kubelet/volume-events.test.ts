import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { type KubeClient, KubeError } from '../kube/client.ts';
import type { Occurrence } from '../kube/event-correlator.ts';
import { createRecordingLog } from '../telemetry/testing/recording-log.ts';
import { createVolumeEvents, persistentVolumeAt } from './volume-events.ts';

const target = '/var/lib/kubelet/pods/1-2/volumes/kubernetes.io~csi/pvc-1/mount';

function node(get: () => Promise<object> = async () => ({ metadata: { name: 'pvc-1', uid: 'u-1' } })) {
  const told: Occurrence[] = [];
  const log = createRecordingLog();
  let opened = 0;
  const changed = createVolumeEvents({
    nodeName: 'node-1',
    open: async () => {
      opened++;
      return {
        client: { get } as unknown as KubeClient,
        events: { record: (occurrence) => void told.push(occurrence) },
      };
    },
    log,
    signal: new AbortController().signal,
  });
  const change = async (abnormal: boolean, message: string, path = target) => {
    changed(path, { abnormal, message });
    for (let turn = 0; turn < 5; turn++) await setImmediate();
  };
  return { told, log, change, opened: () => opened };
}

test('a volume that falls ill and recovers is told on its PersistentVolume, with the node', async () => {
  const { told, change, opened } = node();
  await change(true, 'the file system has not answered for 10 s');
  await change(false, 'mounted, and its file system answers');
  const about = { apiVersion: 'v1', kind: 'PersistentVolume', name: 'pvc-1', uid: 'u-1' };
  assert.deepEqual(told, [
    {
      about,
      type: 'Warning',
      reason: 'VolumeConditionAbnormal',
      message: 'on node node-1: the file system has not answered for 10 s',
    },
    {
      about,
      type: 'Normal',
      reason: 'VolumeConditionNormal',
      message: 'on node node-1: mounted, and its file system answers',
    },
  ]);
  assert.equal(opened(), 1);
});

test('a node that may not read volumes says so in its log and goes on', async () => {
  const { told, log, change } = node(() => Promise.reject(new KubeError(403, 'Forbidden', 'may not get')));
  await change(true, 'silent');
  assert.deepEqual(told, []);
  assert.match(log.text(), /could not be told[\s\S]*may not get/);
});

test('a path that is not kubelet’s is nobody’s volume', async () => {
  const { change, opened } = node();
  await change(true, 'silent', '/mnt/test');
  assert.equal(opened(), 0);
  assert.equal(persistentVolumeAt(target), 'pvc-1');
  assert.equal(persistentVolumeAt('/pods/volumes/kubernetes.io~csi/a/b/mount'), undefined);
});
