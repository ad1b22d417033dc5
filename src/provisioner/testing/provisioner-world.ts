import type { TestContext } from 'node:test';
import { createFakeClock } from '../../async/testing/fake-clock.ts';
import type { KubeClient } from '../../kube/client.ts';
import type { PersistentVolume, PersistentVolumeClaim, StorageClass } from '../../kube/objects.ts';
import { events, persistentVolumeClaims, persistentVolumes, storageClasses } from '../../kube/resources.ts';
import { createFakeCluster } from '../../kube/testing/fake-cluster.ts';
import { silentLog } from '../../telemetry/log.ts';
import { annotations, volumeName } from '../names.ts';
import { createProgressRelay } from '../progress-relay.ts';
import { type ProvisionerOptions, startProvisioner } from '../start-provisioner.ts';
import { createScriptedController } from './scripted-controller.ts';
import { bindVolumes } from './volume-binder.ts';

export const driverName = 'test.csi.example';

export const storageClass: StorageClass = {
  metadata: { name: 'fast' },
  provisioner: driverName,
  reclaimPolicy: 'Delete',
  volumeBindingMode: 'Immediate',
  parameters: { 'sku-name': 'standard' },
  mountOptions: ['noatime'],
};

export function claim(
  name = 'data',
  changes: Partial<PersistentVolumeClaim['spec']> = {},
): PersistentVolumeClaim {
  return {
    metadata: {
      namespace: 'ns',
      name,
      uid: `uid-${name}`,
      annotations: { [annotations.storageProvisioner]: driverName },
    },
    spec: {
      accessModes: ['ReadWriteMany'],
      resources: { requests: { storage: '4Ti' } },
      storageClassName: 'fast',
      ...changes,
    },
    status: { phase: 'Pending' },
  };
}

export type World = ReturnType<typeof createWorld>;

/** A cluster, a driver and a provisioner that can be started and stopped as often as a test likes. */
export function createWorld(context: TestContext) {
  const cluster = createFakeCluster();
  const clock = createFakeClock();
  const controller = createScriptedController();
  const relay = createProgressRelay();
  cluster.put(storageClasses, storageClass);

  /** Starts one life of the provisioner; `kill` ends it with whatever was under way. */
  const start = (options: Partial<ProvisionerOptions> = {}, client: KubeClient = cluster.client) => {
    const stop = new AbortController();
    const ended = startProvisioner({
      client,
      controller: controller.service,
      driverName,
      identity: 'pod-1',
      progress: relay,
      clock,
      random: () => 0.5,
      log: silentLog,
      signal: stop.signal,
      ...options,
    });
    ended.catch(() => {});
    context.after(() => stop.abort());
    return { stop, ended };
  };

  /** Lets controllers and time go on until nothing more happens for `milliseconds`. */
  const settle = async (milliseconds = 0) => {
    for (let round = 0; round < 5; round++) {
      for (let tick = 0; tick < 5; tick++) await clock.advance(0);
      bindVolumes(cluster);
    }
    await clock.advance(milliseconds);
    bindVolumes(cluster);
    await clock.advance(0);
  };

  return {
    cluster,
    clock,
    controller,
    relay,
    start,
    settle,
    addClaim: (object = claim()) => cluster.put(persistentVolumeClaims, object),
    removeClaim: (name = 'data') => cluster.client.delete(persistentVolumeClaims, { namespace: 'ns', name }),
    claim: (name = 'data') => cluster.find(persistentVolumeClaims, { namespace: 'ns', name }),
    volume: (name = 'data'): PersistentVolume | undefined =>
      cluster.find(persistentVolumes, { name: volumeName(`uid-${name}`) }),
    /** `reason: message` of every event, in order of their first time. */
    told: () => cluster.all(events).map(({ reason, message }) => `${reason}: ${message}`),
  };
}
