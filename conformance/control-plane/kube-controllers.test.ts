import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { suite, type TestContext, test } from 'node:test';
import { systemClock } from '../../src/async/clock.ts';
import type { KubeClient } from '../../src/kube/client.ts';
import { startEventRecorder } from '../../src/kube/event-recorder.ts';
import { startInformer } from '../../src/kube/informer.ts';
import { LeadershipLostError, runAsLeader } from '../../src/kube/leader-election.ts';
import type { KubeObject } from '../../src/kube/objects.ts';
import { openKubeClient } from '../../src/kube/open-kube-client.ts';
import { configMaps, events, leases } from '../../src/kube/resources.ts';
import { startWorkQueue } from '../../src/kube/work-queue.ts';
import { signalProcess } from '../../src/mount/process-record.ts';
import { silentLog } from '../../src/telemetry/log.ts';
import { eventually } from '../testing/kubectl.ts';
import { controlPlaneRefusal, openControlPlane } from './open-control-plane.ts';
import { openCuttableProxy } from './testing/cuttable-proxy.ts';
import { shareControlPlane } from './testing/shared-control-plane.ts';

const ports = { clock: systemClock, random: Math.random, log: silentLog };

suite('informer, queue, leases and events on a real API server', { skip: controlPlaneRefusal() }, () => {
  const shared = shareControlPlane({ controllers: false, audit: true });

  /** A second way to the server that the test can interrupt. */
  const interruptible = async (t: TestContext) => {
    const proxy = await openCuttableProxy(new URL(shared.cluster.server));
    t.after(() => proxy.close());
    const config = { ...shared.cluster.configOf(), server: `https://127.0.0.1:${proxy.port}` };
    return { proxy, client: openKubeClient(config, { timeoutMs: 2000 }) };
  };
  const signalOf = (t: TestContext) => {
    const stop = new AbortController();
    t.after(() => stop.abort());
    return stop.signal;
  };
  const follow = (t: TestContext, client: KubeClient, namespace: string) => {
    const heard: string[] = [];
    const hear = (what: string) => (name: string) => void heard.push(`${what} ${name}`);
    const informer = startInformer({
      ...ports,
      client,
      resource: configMaps,
      namespace,
      project: ({ metadata }: KubeObject) => metadata.name ?? '',
      handlers: { add: hear('add'), update: hear('update'), delete: hear('delete') },
      signal: signalOf(t),
    });
    return { informer, heard };
  };
  const put = (namespace: string, name: string) =>
    shared.client.create(configMaps, { metadata: { namespace, name }, data: {} });
  const remove = (namespace: string, name: string) => shared.client.delete(configMaps, { namespace, name });
  const change = (namespace: string, name: string) =>
    shared.client.patch(configMaps, { namespace, name }, { type: 'merge', body: { data: { x: '1' } } });

  test('an informer reads everything in one stream, without a list, and hears of each change once', async (t) => {
    const namespace = await shared.newNamespace();
    for (const name of ['a', 'b']) await put(namespace, name);
    const { informer, heard } = follow(t, shared.client, namespace);
    await informer.synced;
    assert.deepEqual([...informer.values()].toSorted(), ['a', 'b']);
    await put(namespace, 'c');
    await change(namespace, 'a');
    await remove(namespace, 'b');
    await eventually(
      async () => heard,
      ({ length }) => length >= 5,
      5000,
    );
    assert.deepEqual(heard, ['add a', 'add b', 'add c', 'update a', 'delete b']);

    const lines = (await readFile(shared.cluster.auditLog, 'utf8')).trimEnd().split('\n');
    const asked = lines
      .map((line) => JSON.parse(line))
      .filter(({ requestURI }) => {
        const url = new URL(requestURI, shared.cluster.server);
        return url.pathname === `/api/v1/namespaces/${namespace}/configmaps`;
      });
    assert.deepEqual(
      asked.filter(({ verb }) => verb === 'list'),
      [],
    );
  });

  test('a cut connection loses no change and repeats none', async (t) => {
    const namespace = await shared.newNamespace();
    const { proxy, client } = await interruptible(t);
    for (const name of ['kept', 'gone']) await put(namespace, name);
    const { informer, heard } = follow(t, client, namespace);
    await informer.synced;
    proxy.cut();
    await put(namespace, 'new');
    await remove(namespace, 'gone');
    proxy.mend();
    await eventually(
      async () => heard,
      ({ length }) => length >= 4,
      10_000,
    );
    assert.deepEqual(heard, ['add gone', 'add kept', 'add new', 'delete gone']);
  });

  test('two candidates: one works at a time; a leader that is cut off stops before the other begins', async (t) => {
    const namespace = await shared.newNamespace();
    const { proxy, client: fragile } = await interruptible(t);
    const log: string[] = [];
    const working = new Set<string>();
    const candidate = (identity: string, client: KubeClient, signal: AbortSignal) =>
      runAsLeader({
        ...ports,
        client,
        namespace,
        name: 'work',
        identity,
        timing: { leaseMs: 3000, renewMs: 1500, retryMs: 300 },
        signal,
        lead: async (leading) => {
          working.add(identity);
          assert.equal(working.size, 1, `${[...working]} work at the same time`);
          log.push(`${identity} begins`);
          await new Promise<void>((resolve) => leading.addEventListener('abort', () => resolve()));
          log.push(`${identity} ends`);
          working.delete(identity);
        },
      });
    const first = candidate('first', fragile, signalOf(t));
    await eventually(
      async () => log.length,
      (length) => length === 1,
      5000,
    );
    const stopSecond = new AbortController();
    const second = candidate('second', shared.client, stopSecond.signal);
    proxy.cut();
    await assert.rejects(first, LeadershipLostError);
    await eventually(
      async () => log.length,
      (length) => length === 3,
      10_000,
    );
    stopSecond.abort();
    await second;
    assert.deepEqual(log, ['first begins', 'first ends', 'second begins', 'second ends']);
    const lease = await shared.client.get(leases, { namespace, name: 'work' });
    assert.equal(lease.spec?.holderIdentity, '');
    assert.equal(lease.spec?.leaseTransitions, 1);
  });

  test('a queue brings objects into their state against another writer’s conflicts', async (t) => {
    const namespace = await shared.newNamespace();
    const signal = signalOf(t);
    let runs = 0;
    const queue = startWorkQueue({
      ...ports,
      name: 'counts',
      concurrency: 2,
      backoff: { firstMs: 10, mostMs: 100 },
      signal,
      reconcile: async (name) => {
        const object = await shared.client.get(configMaps, { namespace, name });
        const data = (object.data ?? {}) as Record<string, string>;
        if (data.done === data.wanted) return undefined;
        if (runs++ === 0) await change(namespace, name);
        await shared.client.replace(configMaps, { ...object, data: { ...data, done: data.wanted } });
        return undefined;
      },
    });
    startInformer({
      ...ports,
      client: shared.client,
      resource: configMaps,
      namespace,
      project: ({ metadata }) => metadata.name ?? '',
      handlers: { add: queue.add, update: queue.add },
      signal,
    });
    const data = { wanted: 'yes' };
    await shared.client.create(configMaps, { metadata: { namespace, name: 'q' }, data });
    const state = async () => (await shared.client.get(configMaps, { namespace, name: 'q' })).data;
    await eventually(state, (now) => (now as { done?: string }).done === 'yes', 5000);
    assert.ok(runs >= 2, 'the first run met a conflict');
  });

  test('repeated events are one object with a count, and the server takes them', async (t) => {
    const namespace = await shared.newNamespace();
    const about = await put(namespace, 'subject');
    const recorder = startEventRecorder({
      ...ports,
      client: shared.client,
      component: 'd.example_pod_1',
      signal: signalOf(t),
    });
    const { uid = '', name = '' } = about.metadata;
    const reference = { apiVersion: 'v1', kind: 'ConfigMap', namespace, name, uid };
    for (let i = 0; i < 3; i++) {
      recorder.record({
        about: reference,
        type: 'Warning',
        reason: 'ProvisioningFailed',
        message: 'no quota',
      });
      await recorder.flush();
    }
    const { items } = await shared.client.list(events, {
      namespace,
      fieldSelector: `involvedObject.uid=${uid},reason=ProvisioningFailed`,
    });
    assert.deepEqual(
      items.map(({ message, count, type, source }) => [message, count, type, source?.component]),
      [['no quota', 3, 'Warning', 'd.example_pod_1']],
    );
  });
});

suite('an informer where the server has forgotten or cannot stream', { skip: controlPlaneRefusal() }, () => {
  test('after 410 it reads everything again and reports only the differences', async (t) => {
    const cluster = await openControlPlane(t, { controllers: false });
    const direct = openKubeClient(cluster.configOf());
    const proxy = await openCuttableProxy(new URL(cluster.server));
    t.after(() => proxy.close());
    const config = { ...cluster.configOf(), server: `https://127.0.0.1:${proxy.port}` };
    const metadata = (name: string) => ({ namespace: 'default', name });
    for (const name of ['gone', 'kept']) await direct.create(configMaps, { metadata: metadata(name) });
    const heard: string[] = [];
    const stop = new AbortController();
    t.after(() => stop.abort());
    const informer = startInformer({
      ...ports,
      client: openKubeClient(config, { timeoutMs: 2000 }),
      resource: configMaps,
      namespace: 'default',
      project: (object: KubeObject) => object.metadata.name ?? '',
      handlers: {
        add: (name) => heard.push(`add ${name}`),
        update: (name) => heard.push(`update ${name}`),
        delete: (name) => heard.push(`delete ${name}`),
      },
      signal: stop.signal,
    });
    await informer.synced;
    heard.length = 0;
    proxy.cut();
    await direct.delete(configMaps, metadata('gone'));
    await direct.create(configMaps, { metadata: metadata('new') });
    // A fresh API server's watch cache begins with the newest version: it cannot tell what came before.
    const server = cluster.processOf('kube-apiserver');
    assert.ok(server && signalProcess(server, 'SIGKILL'));
    const isBack = () =>
      direct.getPath('/readyz').then(
        () => true,
        () => false,
      );
    await eventually(isBack, (back) => !back);
    await eventually(isBack, (back) => back);
    const old = { resourceVersion: '1', signal: stop.signal };
    await assert.rejects(direct.watch(configMaps, old)[Symbol.asyncIterator]().next(), {
      name: 'KubeError',
      status: 410,
    });
    proxy.mend();
    await eventually(
      async () => heard,
      ({ length }) => length >= 2,
      40_000,
    );
    assert.deepEqual(heard.toSorted(), ['add new', 'delete gone']);
  });

  test('without watch-list streams it lists in pages and then watches', async (t) => {
    const cluster = await openControlPlane(t, {
      controllers: false,
      apiserverFlags: ['--feature-gates=WatchList=false'],
    });
    const client = openKubeClient(cluster.configOf());
    const name = { namespace: 'default', name: 'x' };
    await client.create(configMaps, { metadata: name });
    const stop = new AbortController();
    t.after(() => stop.abort());
    const informer = startInformer({
      ...ports,
      client,
      resource: configMaps,
      namespace: 'default',
      project: (object: KubeObject) => object.metadata.name ?? '',
      signal: stop.signal,
    });
    await informer.synced;
    assert.equal(informer.get(name), 'x');
    await client.delete(configMaps, name);
    await eventually(
      async () => informer.get(name),
      (found) => found === undefined,
      5000,
    );
  });
});
