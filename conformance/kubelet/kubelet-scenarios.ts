import assert from 'node:assert/strict';
import { test } from 'node:test';
import { events, persistentVolumeClaims } from '../../src/kube/resources.ts';
import { MOUNT, podSteps } from '../scenarios/pod-world.ts';
import { eventually } from '../testing/kubectl.ts';
import { openBusyVolume } from './busy-volume.ts';
import type { KubeletWorld } from './kubelet-world.ts';
import { nodeDaemonSet, nodePluginOf } from './node-plugin.ts';
import { nodeName } from './start-kubelet.ts';

/** What only a real kubelet shows: its side of registration, taints, probes and statistics. */
export function kubeletScenarios(world: () => KubeletWorld): void {
  const plugin = () => nodePluginOf(world().kubectl);

  test('kubelet registers the driver and lists it in CSINode; then the start-up taint goes', async () => {
    await plugin().ready();
    const taints = await eventually(
      () => world().kubectl('get', 'node', nodeName, '-o', 'jsonpath={.spec.taints}'),
      (text) => text === '',
    );
    assert.equal(taints, '');
  });

  test('kubelet’s statistics show a claim’s volume, as the node plugin measures it', async () => {
    const volume = await openBusyVolume(world());
    const shown = await eventually(
      () => volumeStats(world(), volume.pod.name),
      (stats) => stats?.capacityBytes !== undefined,
    );
    assert.equal(shown?.pvcRef?.name, volume.claim.name);
    assert.ok(Number(shown?.capacityBytes) > Number(shown?.usedBytes));
    assert.ok(Number(shown?.inodes) > 0);
    await volume.removePod();
    await volume.removeClaim();
  });

  test('a mount that turns read-only is told on its PersistentVolume, and so is that it is well again', async () => {
    const volume = await openBusyVolume(world());
    for (const round of [1, 2]) {
      for (const [option, reason] of turns) {
        await plugin().run('mount', '--no-mtab', '-o', `remount,bind,${option}`, volume.target);
        await eventually(
          () => timesTold(world(), volume.name, reason),
          (times) => times === round,
        );
      }
    }
    await volume.removePod();
    await volume.removeClaim();
  });

  test('a claim in use grows, and needs nothing of the node for it', async () => {
    const step = podSteps(world);
    const storageClass = await step.storageClass({ allowVolumeExpansion: true });
    const claim = await step.claim(await step.namespace(), storageClass);
    const pod = await step.pod(claim);
    await step.ready(pod);
    const body = { spec: { resources: { requests: { storage: '96Ti' } } } };
    await world().client.patch(persistentVolumeClaims, claim, { type: 'merge', body });
    await eventually(
      () => world().client.get(persistentVolumeClaims, claim),
      ({ status }) => status?.capacity?.storage === '96Ti',
    );
    await step.run(pod, `echo x >${MOUNT}/x`);
    await step.end(pod);
    await step.remove(claim);
  });

  test('the node plugin’s pod deleted: volumes stay mounted, and the new pod unmounts them', async () => {
    const volume = await openBusyVolume(world());
    await plugin().deletePod();
    await volume.writesOn();
    await plugin().ready();
    await volume.removePod();
    await volume.removeClaim();
  });

  test('a node plugin that hangs fails kubelet’s liveness probe and is started again', async () => {
    const { kubectl } = world();
    const volume = await openBusyVolume(world());
    await kubectl('patch', ...nodeDaemonSet, '--type=json', '-p', JSON.stringify(impatientProbe));
    await plugin().ready();
    const hung = await plugin().pid();
    process.kill(hung, 'SIGSTOP');
    await eventually(plugin().restarts, (now) => now > 0);
    assert.notEqual(await plugin().pid(), hung);
    const told = await kubectl('get', 'events', '-n', 'kube-system', '--field-selector=reason=Unhealthy');
    assert.match(told, /Liveness probe failed: Get "http:\/\/[0-9.]+:29763\/healthz"/);
    await plugin().ready();
    await volume.writesOn();
    await volume.removePod();
    await volume.removeClaim();
  });
}

/** The chart's own probe would notice after two and a half minutes. */
const impatientProbe = Object.entries({ periodSeconds: 1, timeoutSeconds: 1, failureThreshold: 2 }).map(
  ([field, value]) => ({
    op: 'add',
    path: `/spec/template/spec/containers/0/livenessProbe/${field}`,
    value,
  }),
);

const turns = [
  ['ro', 'VolumeConditionAbnormal'],
  ['rw', 'VolumeConditionNormal'],
] as const;

async function timesTold(world: KubeletWorld, volume: string, reason: string): Promise<number> {
  const { items } = await world.client.list(events, {
    namespace: 'default',
    fieldSelector: `involvedObject.name=${volume},reason=${reason}`,
  });
  return items.reduce((sum, { count = 1 }) => sum + count, 0);
}

interface VolumeStats {
  readonly pvcRef?: { readonly name: string };
  readonly capacityBytes?: number;
  readonly usedBytes?: number;
  readonly inodes?: number;
}

async function volumeStats(world: KubeletWorld, pod: string): Promise<VolumeStats | undefined> {
  const text = await world.kubectl('get', '--raw', `/api/v1/nodes/${nodeName}/proxy/stats/summary`);
  const { pods }: { pods: { podRef: { name: string }; volume?: VolumeStats[] }[] } = JSON.parse(text);
  return pods.find(({ podRef }) => podRef.name === pod)?.volume?.find(({ pvcRef }) => pvcRef !== undefined);
}
