import { systemClock } from '../../src/async/clock.ts';
import type { KubeClient } from '../../src/kube/client.ts';
import { startInformer } from '../../src/kube/informer.ts';
import { namespaces, persistentVolumeClaims, storageClasses } from '../../src/kube/resources.ts';
import { silentLog } from '../../src/telemetry/log.ts';
import { driver } from './contestants.ts';

/**
 * The upstream driver's static class: volumes that need no cloud, so that the provisioner is all that is measured. With
 * Retain, its example's policy, csi-provisioner would write each volume a second time, to take its finalizer away.
 */
export async function createStaticClass(client: KubeClient, name: string): Promise<void> {
  await client.create(storageClasses, {
    metadata: { name },
    provisioner: driver,
    parameters: { 'fs-name': 'lustrefs', 'mgs-ip-address': '10.0.0.4' },
    reclaimPolicy: 'Delete',
    mountOptions: ['noatime', 'flock'],
  });
}

/** Posts `count` claims at once into a namespace of their own; seconds from the first post until each was seen Bound, rising. */
export async function bindClaims(
  client: KubeClient,
  options: { readonly namespace: string; readonly storageClass: string; readonly count: number },
): Promise<readonly number[]> {
  const { namespace, storageClass, count } = options;
  await client.create(namespaces, { metadata: { name: namespace } });
  const bound: number[] = [];
  const all = Promise.withResolvers<void>();
  const seen = new Set<string>();
  let started = 0;
  const look = ({ name, phase }: { name: string; phase: string | undefined }) => {
    if (phase !== 'Bound' || seen.has(name)) return;
    seen.add(name);
    bound.push((systemClock.now() - started) / 1000);
    if (bound.length === count) all.resolve();
  };
  const stop = new AbortController();
  const informer = startInformer({
    client,
    resource: persistentVolumeClaims,
    namespace,
    project: ({ metadata, status }) => ({ name: metadata.name ?? '', phase: status?.phase }),
    handlers: { add: look, update: look },
    clock: systemClock,
    random: Math.random,
    log: silentLog,
    signal: stop.signal,
  });
  await informer.synced;
  started = systemClock.now();
  const post = (_: unknown, index: number) =>
    client.create(persistentVolumeClaims, {
      metadata: { namespace, name: `claim-${index}` },
      spec: {
        accessModes: ['ReadWriteMany'],
        storageClassName: storageClass,
        resources: { requests: { storage: '48Ti' } },
      },
    });
  await Promise.all(Array.from({ length: count }, post));
  await all.promise;
  stop.abort();
  await informer.done;
  return bound;
}
