import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { suite, test } from 'node:test';
import { systemClock } from '../../src/async/clock.ts';
import type { KubeClient } from '../../src/kube/client.ts';
import { kubeconfigConfig } from '../../src/kube/kubeconfig.ts';
import { openKubeClient } from '../../src/kube/open-kube-client.ts';
import {
  csiDrivers,
  csiNodes,
  leases,
  nodes,
  persistentVolumeClaims,
  pods,
  storageClasses,
} from '../../src/kube/resources.ts';
import { controlPlaneRefusal } from '../control-plane/open-control-plane.ts';
import { assetsDirectory } from '../testing/assets-directory.ts';
import { berth } from '../testing/berth.ts';
import { eventually, openKubectl } from '../testing/kubectl.ts';
import { openedForSuite } from '../testing/opened-for-suite.ts';
import { mountRefusal, startSandbox } from '../testing/sandbox.ts';
import { findTool } from '../tools/find-tool.ts';
import { newestKubectl } from '../tools/tools.ts';

const found = findTool(newestKubectl);
const skip = 'missing' in found ? found.missing : controlPlaneRefusal() || (mountRefusal() ?? false);
const driver = 'azurelustre.csi.azure.com';

suite('a sandbox that joins a cluster', { skip }, () => {
  /** A real API server with a node of its own and without Berth's drivers. */
  const world = openedForSuite(async (t) => {
    const env = { KUBEBUILDER_ASSETS: await assetsDirectory(t, 'envtest') };
    const host = await startSandbox(t, ['--cluster', 'assets', '--without', 'clouds'], env);
    const { kubeconfig } = host.info;
    assert.ok('path' in found);
    return {
      host,
      kubeconfig,
      client: openKubeClient(await kubeconfigConfig({ path: kubeconfig, clock: systemClock })),
      kubectl: openKubectl(found.path, kubeconfig),
    };
  });
  const join = (t: Parameters<typeof startSandbox>[0], ...flags: readonly string[]) =>
    startSandbox(t, ['--cluster', world().kubeconfig, '--node-name', 'guest', ...flags]);
  const stop = (stateDir: string) => berth(['sandbox', 'stop', '--state-dir', stateDir]);

  test('its node runs only the pods that ask for it, with volumes, logs and commands; after stop the cluster is as before', async (t) => {
    const { client, kubectl } = world();
    const before = await clusterObjects(client);
    const guest = await join(t, '--time-scale', '360');
    assert.equal(guest.info.cluster, 'kubeconfig');
    assert.equal(guest.info.kubeconfig, world().kubeconfig);
    assert.deepEqual(guest.info.node, { name: 'guest' });
    const { mgsAddress } = guest.info.clouds.azure;
    await makeClaim(client, { 'fs-name': 'lustrefs', 'mgs-ip-address': mgsAddress });
    await makePod(client, 'asks', true);
    await kubectl('wait', '--for=condition=Ready', 'pod/asks', '--timeout=60s');
    assert.match(await kubectl('exec', 'asks', '--', 'df', '/data'), /@tcp:\/lustrefs/);
    await eventually(
      () => kubectl('logs', 'asks'),
      (text) => text === 'hello\n',
    );
    assert.equal((await client.get(pods, { namespace: 'default', name: 'asks' })).spec.nodeName, 'guest');
    await makePod(client, 'asks-not', false);
    await eventually(
      async () => (await client.get(pods, { namespace: 'default', name: 'asks-not' })).spec.nodeName,
      (node) => node === 'berth-sandbox',
    );
    await kubectl('delete', 'pod', 'asks', 'asks-not', '--grace-period=1');
    await kubectl('delete', 'pvc', 'joined');
    await kubectl('delete', 'storageclass', 'joined');
    assert.equal((await stop(guest.stateDir)).exitCode, 0);
    assert.deepEqual(await clusterObjects(client), before);
  });

  test('one that was killed is taken back by stop, and a CSIDriver that was there before stays', async (t) => {
    const { client } = world();
    const spec = { attachRequired: false, podInfoOnMount: true };
    const own = await client.create(csiDrivers, { metadata: { name: driver }, spec } as never);
    const before = await clusterObjects(client);
    const guest = await join(t);
    const { pids } = await guest.status();
    process.kill(pids?.sandbox ?? 0, 'SIGKILL');
    assert.equal((await stop(guest.stateDir)).exitCode, 0);
    assert.deepEqual(await clusterObjects(client), before);
    const after = await client.get(csiDrivers, { name: driver });
    assert.equal(after.metadata.resourceVersion, own.metadata.resourceVersion);
    await client.delete(csiDrivers, { name: driver });
  });

  test('without a node it brings no node, and claims get their volumes', async (t) => {
    const { client, kubectl } = world();
    const guest = await join(t, '--without', 'node');
    assert.equal(guest.info.node, undefined);
    const names = (await client.list(nodes)).items.map(({ metadata }) => metadata.name);
    assert.deepEqual(names, ['berth-sandbox']);
    await makeClaim(client, {
      'fs-name': 'lustrefs',
      'mgs-ip-address': guest.info.clouds.azure.mgsAddress,
    });
    await eventually(
      () => client.get(persistentVolumeClaims, { namespace: 'default', name: 'joined' }),
      ({ status }) => status?.phase === 'Bound',
    );
    await kubectl('delete', 'pvc', 'joined');
    await kubectl('delete', 'storageclass', 'joined');
  });

  test('a node name that is taken, and a cluster that does not answer, are refused with what to do', async () => {
    const { kubeconfig, host } = world();
    const start = (...flags: readonly string[]) =>
      berth(['sandbox', 'start', '--detach', '--state-dir', `${host.stateDir}/refused`, ...flags]);
    const taken = await start('--cluster', kubeconfig);
    assert.equal(taken.exitCode, 2);
    assert.match(taken.stderr, /--node-name berth-sandbox: .* has a node of that name; give another/);
    const stale = await writeStaleKubeconfig(host.stateDir);
    const silent = await start('--cluster', stale);
    assert.equal(silent.exitCode, 2);
    assert.match(
      silent.stderr,
      /--cluster .*: no answer from https:\/\/127\.0\.0\.1:1; see what "kubectl .* get nodes" says/,
    );
  });
});

/** Everything that a sandbox could leave in a cluster or take from it, by uid. */
async function clusterObjects(client: KubeClient): Promise<readonly string[]> {
  const lists = await Promise.all([nodes, csiNodes, csiDrivers].map((resource) => client.list(resource)));
  const nodeLeases = await client.list(leases, { namespace: 'kube-node-lease' });
  return [...lists.flatMap(({ items }) => items), ...nodeLeases.items]
    .map(({ kind, metadata }) => `${kind ?? ''} ${metadata.name} ${metadata.uid}`)
    .sort();
}

async function makeClaim(client: KubeClient, parameters: Record<string, string>): Promise<void> {
  await client.create(storageClasses, { metadata: { name: 'joined' }, provisioner: driver, parameters });
  await client.create(persistentVolumeClaims, {
    metadata: { namespace: 'default', name: 'joined' },
    spec: {
      accessModes: ['ReadWriteMany'],
      storageClassName: 'joined',
      resources: { requests: { storage: '48Ti' } },
    },
  });
}

async function makePod(client: KubeClient, name: string, asksForGuest: boolean): Promise<void> {
  const claim = { name: 'data', persistentVolumeClaim: { claimName: 'joined' } };
  await client.create(pods, {
    metadata: { namespace: 'default', name },
    spec: {
      ...(asksForGuest && {
        nodeSelector: { 'kubernetes.io/hostname': 'guest' },
        tolerations: [{ key: 'berth-sandbox/node', operator: 'Exists' }],
        volumes: [claim],
      }),
      terminationGracePeriodSeconds: 1,
      containers: [
        {
          name: 'main',
          image: 'busybox',
          command: ['sh', '-c', 'echo hello; exec sleep 600'],
          ...(asksForGuest && { volumeMounts: [{ name: 'data', mountPath: '/data' }] }),
        },
      ],
    },
  });
}

/** A kubeconfig whose server nobody answers for. */
async function writeStaleKubeconfig(directory: string): Promise<string> {
  const path = `${directory}/stale-kubeconfig`;
  const named = (kind: string, value: object) => [{ name: 'x', [kind]: value }];
  await writeFile(
    path,
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'x',
      clusters: named('cluster', { server: 'https://127.0.0.1:1' }),
      users: named('user', { token: 'x' }),
      contexts: named('context', { cluster: 'x', user: 'x' }),
    }),
  );
  return path;
}
