import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { systemClock } from '../../src/async/clock.ts';
import { openKubeClient } from '../../src/kube/open-kube-client.ts';
import { configMaps, namespaces, pods, resourceQuotas, serviceAccounts } from '../../src/kube/resources.ts';
import { isRunning, type ProcessRecord, signalProcess } from '../../src/mount/process-record.ts';
import { eventually, openKubectl } from '../testing/kubectl.ts';
import { findTool } from '../tools/find-tool.ts';
import { newestKubectl } from '../tools/tools.ts';
import { controlPlaneRefusal, openControlPlane, startControlPlaneIn } from './open-control-plane.ts';

const READY_BUDGET_MS = 15_000;

suite('a real control plane', { skip: controlPlaneRefusal() }, () => {
  test('is ready within seconds, works for kubectl, and leaves nothing behind', async (t) => {
    const started: ProcessRecord[] = [];
    const begun = systemClock.now();
    const cluster = await openControlPlane(t, { onStart: (_name, record) => started.push(record) });
    const readyMs = systemClock.now() - begun;
    t.diagnostic(`ready in ${readyMs} ms`);
    assert.ok(readyMs < READY_BUDGET_MS, `${readyMs} ms`);

    const found = findTool(newestKubectl);
    if ('path' in found) {
      const kubectl = openKubectl(found.path, cluster.kubeconfig);
      assert.match(await kubectl('version'), /Server Version: v1\.\d+\.\d+/);
      assert.match(await kubectl('auth', 'whoami'), /berth-admin/);
    }
    await cluster.close();
    assert.equal(started.length, 4);
    assert.deepEqual(started.filter(isRunning), []);
  });

  test('holds users to RBAC and writes what they asked into the audit log', async (t) => {
    const user = { name: 'visitor', groups: ['visitors'] };
    const cluster = await openControlPlane(t, { controllers: false, users: [user], audit: true });
    const visitor = openKubeClient(cluster.configOf('visitor'));
    await assert.rejects(visitor.list(configMaps, { namespace: 'default' }), {
      name: 'KubeError',
      status: 403,
      reason: 'Forbidden',
    });
    const entries = (await readFile(cluster.auditLog, 'utf8')).trimEnd().split('\n');
    const own = entries.map((line) => JSON.parse(line)).filter((entry) => entry.user.username === 'visitor');
    assert.deepEqual(
      own.map(({ verb, objectRef, responseStatus }) => [verb, objectRef.resource, responseStatus.code]),
      [['list', 'configmaps', 403]],
    );
  });

  test('keeps its cluster, its tokens and its port over a restart on the same directory', async (t) => {
    const directory = await mkdtemp(join(tmpdir(), 'berth-cp-'));
    t.after(() => rm(directory, { recursive: true, force: true }));
    const first = await startControlPlaneIn(directory, { controllers: false });
    const { config, port } = { config: first.configOf(), port: Number(new URL(first.server).port) };
    await openKubeClient(config).create(configMaps, {
      metadata: { namespace: 'default', name: 'kept' },
      data: { a: '1' },
    });
    await first.close();
    const second = await startControlPlaneIn(directory, { controllers: false, port });
    t.after(second.close);
    const kept = await openKubeClient(config).get(configMaps, { namespace: 'default', name: 'kept' });
    assert.deepEqual(kept.data, { a: '1' });
  });

  test('a killed API server comes back, and the controllers work on', async (t) => {
    const cluster = await openControlPlane(t);
    const client = openKubeClient(cluster.configOf());
    const killed = cluster.processOf('kube-apiserver');
    assert.ok(killed && signalProcess(killed, 'SIGKILL'));
    const createNamespace = () =>
      client.create(namespaces, { metadata: { name: 'after' } }).then(
        () => true,
        () => false,
      );
    await eventually(createNamespace, (created) => created);
    const account = () => client.list(serviceAccounts, { namespace: 'after' });
    await eventually(account, ({ items }) => items.length === 1);
  });

  test('without kube-controller-manager takes pods in, for somebody else to run', async (t) => {
    const cluster = await openControlPlane(t, { controllers: false });
    const client = openKubeClient(cluster.configOf());
    const metadata = { namespace: 'default', name: 'alone' };
    await client.create(pods, { metadata, spec: { containers: [{ name: 'c', image: 'i' }] } });
    await client.create(resourceQuotas, { metadata, spec: { hard: { pods: '1' } } });
    const { spec } = await client.get(pods, metadata);
    assert.equal(spec.serviceAccountName, undefined);
  });
});
