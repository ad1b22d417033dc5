import assert from 'node:assert/strict';
import { test } from 'node:test';
import { signalProcess } from '../../src/mount/process-record.ts';
import { eventually } from '../testing/kubectl.ts';
import { openBusyVolume } from './busy-volume.ts';
import { findProcesses } from './find-processes.ts';
import type { KubeletWorld } from './kubelet-world.ts';
import { nodeName } from './start-kubelet.ts';

const nodePlugin = ['/app/node.cjs', 'node'];
const ofNodePlugin = ['-n', 'kube-system', '-l', 'app=csi-azurelustre-node'];

/** What only a real kubelet shows: its side of registration, probes and statistics, and its own restarts. */
export function kubeletScenarios(world: () => KubeletWorld): void {
  const registered = () =>
    eventually(
      () => world().kubectl('get', 'csinode', nodeName, '-o', 'jsonpath={.spec.drivers[*].name}'),
      (names) => names === 'azurelustre.csi.azure.com',
    );
  const pluginProcess = () =>
    eventually(
      async () => findProcesses(...nodePlugin),
      (found) => found.length === 1,
    ).then(([pid = 0]) => pid);
  const pluginReady = () =>
    world().kubectl('wait', 'pod', ...ofNodePlugin, '--for=condition=Ready', '--timeout=60s');
  const pluginRestarts = async () => {
    const path = 'jsonpath={.items[0].status.containerStatuses[0].restartCount}';
    return Number(await world().kubectl('get', 'pod', ...ofNodePlugin, '-o', path));
  };

  test('kubelet registers the driver, and lists it in CSINode', async () => {
    await registered();
  });

  test('kubelet’s statistics show a claim’s volume, by the node plugin', async (t) => {
    const volume = await openBusyVolume(world());
    t.after(volume.removeAll);
    const shown = await eventually(
      () => volumeStats(world(), volume.pod),
      (stats) => stats?.capacityBytes !== undefined,
    );
    assert.equal(shown?.pvcRef?.name, volume.claim);
    assert.ok(Number(shown?.capacityBytes) > Number(shown?.usedBytes));
    assert.ok(Number(shown?.inodes) > 0);
  });

  test('kubelet killed and started again: the pod writes on, and its volume is unmounted with it', async (t) => {
    const volume = await openBusyVolume(world());
    t.after(volume.removeAll);
    const before = world().programs.processOf('kubelet');
    assert.ok(before && signalProcess(before, 'SIGKILL'));
    await eventually(
      async () => world().programs.processOf('kubelet')?.pid,
      (pid) => pid !== undefined && pid !== before.pid,
    );
    await volume.writesOn();
    await registered();
    await world().kubectl('wait', `node/${nodeName}`, '--for=condition=Ready', '--timeout=60s');
    await volume.removePod();
  });

  test('the node plugin killed with SIGKILL: volumes stay mounted, and are unmounted by its successor', async (t) => {
    const volume = await openBusyVolume(world());
    t.after(volume.removeAll);
    const [before, restarts] = [await pluginProcess(), await pluginRestarts()];
    process.kill(before, 'SIGKILL');
    await eventually(pluginRestarts, (now) => now > restarts);
    await pluginReady();
    await registered();
    await volume.writesOn();
    assert.equal(await volume.restarts(), 0);
    await volume.removePod();
  });

  test('the node plugin’s pod deleted: volumes stay mounted, and are unmounted by the new pod', async (t) => {
    const volume = await openBusyVolume(world());
    t.after(volume.removeAll);
    await world().kubectl('delete', 'pod', ...ofNodePlugin, '--wait', '--timeout=60s');
    await volume.writesOn();
    await world().kubectl('rollout', 'status', ...nodeSet, '--timeout=60s');
    await registered();
    await volume.removePod();
  });

  test('a node plugin that hangs fails kubelet’s liveness probe and is started again', async (t) => {
    const volume = await openBusyVolume(world());
    t.after(volume.removeAll);
    const { kubectl } = world();
    await kubectl('patch', ...nodeSet, '--type=json', '-p', JSON.stringify(impatientProbe));
    await kubectl('rollout', 'status', ...nodeSet, '--timeout=60s');
    const hung = await pluginProcess();
    process.kill(hung, 'SIGSTOP');
    await eventually(pluginRestarts, (now) => now > 0);
    assert.notEqual(await pluginProcess(), hung);
    const events = await kubectl('get', 'events', '-n', 'kube-system', '--field-selector=reason=Unhealthy');
    assert.match(events, /Liveness probe failed: Get "http:\/\/[0-9.]+:29763\/healthz"/);
    await registered();
    await volume.writesOn();
    await volume.removePod();
  });
}

const nodeSet = ['-n', 'kube-system', 'daemonset/csi-azurelustre-node-any'];

/** The chart's own probe would notice after two and a half minutes. */
const impatientProbe = Object.entries({ periodSeconds: 1, timeoutSeconds: 1, failureThreshold: 2 }).map(
  ([field, value]) => ({
    op: 'add',
    path: `/spec/template/spec/containers/0/livenessProbe/${field}`,
    value,
  }),
);

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
