import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { systemClock } from '../../../async/clock.ts';
import type { Container, Pod } from '../../../kube/objects.ts';
import { csiDrivers, persistentVolumeClaims, persistentVolumes, pods } from '../../../kube/resources.ts';
import { createRunCommand } from '../../../mount/run-command.ts';
import { silentLog } from '../../../telemetry/log.ts';
import { eventually } from '../../testing/eventually.ts';
import { createMemoryCluster } from '../../testing/memory-cluster.ts';
import { endPods } from '../pods/end-pods.ts';
import { startNode } from '../start-node.ts';
import { bindDriver, startBindPlugin } from './bind-plugin.ts';

const directories: string[] = [];

/** A node on a cluster in memory with one plugin and a claim `data` of it; all is ended and removed after the test. */
export const setUp = async (t: TestContext) => {
  const directory = mkdtempSync(join(tmpdir(), 'berth-'));
  directories.push(directory);
  const rootDir = join(directory, 'kubelet');
  const cluster = createMemoryCluster();
  const plugin = await startBindPlugin(join(directory, 'plugin'), join(rootDir, 'plugins_registry'));
  let stop = new AbortController();
  const start = () => {
    stop = new AbortController();
    const ports = { clock: systemClock, log: silentLog, signal: stop.signal, run: createRunCommand() };
    return startNode({
      client: cluster.client,
      nodeName: 'node',
      rootDir,
      logDir: join(directory, 'logs'),
      ...ports,
    });
  };
  let node = await start();
  cluster.add(csiDrivers, { metadata: { name: bindDriver }, spec: { podInfoOnMount: true } });
  cluster.add(persistentVolumes, {
    metadata: { name: 'volume' },
    spec: {
      accessModes: ['ReadWriteMany'],
      mountOptions: ['noatime', 'flock'],
      csi: { driver: bindDriver, volumeHandle: 'handle', volumeAttributes: { 'fs-name': 'lustrefs' } },
    },
  });
  cluster.add(persistentVolumeClaims, {
    metadata: { name: 'data', namespace: 'default' },
    spec: { volumeName: 'volume' },
    status: { phase: 'Bound' },
  });
  t.after(async () => {
    for (const { metadata } of cluster.list(pods))
      await cluster.client.delete(
        pods,
        { namespace: 'default', name: metadata.name ?? '' },
        { gracePeriodSeconds: 0 },
      );
    try {
      await eventually(
        () => readdirSync(join(rootDir, 'pods')),
        (left) => left.length === 0,
      );
    } finally {
      // Also after a failure: a container that goes on would keep the test run from ending.
      await node.close();
      await endPods(rootDir, systemClock);
      plugin.stop();
    }
    rmSync(directory, { recursive: true });
  });
  return {
    cluster,
    plugin,
    data: join(directory, 'plugin/data'),
    rootDir,
    node: () => node,
    /** Ends the node's work as a kill does: nothing is tidied up. */
    kill: async () => {
      stop.abort(new Error('killed'));
      await node.done;
    },
    startAgain: async () => {
      node = await start();
    },
    podOf: (name: string) => cluster.get(pods, name, 'default'),
    reaches: (name: string, phase: string) =>
      eventually(
        () => cluster.get(pods, name, 'default'),
        (pod) => pod?.status?.phase === phase,
      ),
  };
};

export const pod = (
  name: string,
  command: string,
  changes: Partial<Pod['spec']> = {},
  container: Partial<Container> = {},
): Pod => ({
  metadata: { name, namespace: 'default' },
  spec: {
    nodeName: 'node',
    restartPolicy: 'Never',
    containers: [{ name: 'main', image: 'alpine', command: ['sh', '-c', command], ...container }],
    ...changes,
  },
});
export const withClaim = {
  volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }],
};
export const atMnt = { volumeMounts: [{ name: 'v', mountPath: '/mnt/lustre' }] };
export const mountsBelow = (directory: string) =>
  readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .filter((line) => line.includes(directory)).length;

/** Processes of containers that this test run has started: their state lies in its own directories. */
export function containerProcesses(): string[] {
  const all = execFileSync('ps', ['-eo', 'args']).toString().split('\n');
  return all.filter((line) => directories.some((directory) => line.includes(`${directory}/kubelet/pods`)));
}
