import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, test } from 'node:test';
import { status } from '@grpc/grpc-js';
import { configMaps, csiNodes, nodes, pods, secrets } from '../../kube/resources.ts';
import { eventTexts } from '../testing/event-texts.ts';
import { eventually } from '../testing/eventually.ts';
import { mountNamespaces } from '../testing/mount-namespace.ts';
import { bindDriver } from './testing/bind-plugin.ts';
import { atMnt, containerProcesses, mountsBelow, pod, setUp, withClaim } from './testing/running-node.ts';

const isRoot = mountNamespaces[0]?.skip === false;

describe('a node', { skip: !isRoot && 'needs root to mount and to make namespaces' }, () => {
  test('registers itself and its plugin, and tells the plugin so', async (t) => {
    const { cluster, plugin } = await setUp(t);
    const node = cluster.get(nodes, 'node');
    const conditions = (node?.status?.conditions ?? []) as { type: string; status: string }[];
    assert.equal(conditions.find(({ type }) => type === 'Ready')?.status, 'True');
    assert.equal(node?.metadata.labels?.['kubernetes.azure.com/os-sku-effective'], 'Ubuntu2404');
    await eventually(
      () => plugin.registrations,
      (it) => it.length > 0,
    );
    assert.deepEqual(plugin.registrations, [{ pluginRegistered: true, error: '' }]);
    assert.deepEqual(cluster.get(csiNodes, 'node')?.spec.drivers, [
      { name: bindDriver, nodeID: 'bind-node', topologyKeys: [] },
    ]);
  });

  test('runs a pod with its claim mounted, and leaves nothing when it is deleted', async (t) => {
    const { cluster, plugin, data, rootDir, node, reaches, podOf } = await setUp(t);
    const { metadata } = cluster.add(
      pods,
      pod('writer', 'echo began; echo hello >/mnt/lustre/outfile; sleep 60', withClaim, atMnt),
    );
    await eventually(
      () => existsSync(join(data, 'outfile')),
      (it) => it,
    );
    const running = await reaches('writer', 'Running');
    const target = join(rootDir, 'pods', metadata.uid ?? '', 'volumes/kubernetes.io~csi/volume/mount');
    const [request] = plugin.published;
    assert.equal(request?.targetPath, target);
    assert.equal(request?.volumeId, 'handle');
    assert.deepEqual(request?.volumeCapability?.accessType, {
      $case: 'mount',
      mount: { fsType: '', mountFlags: ['noatime', 'flock'], volumeMountGroup: '' },
    });
    assert.deepEqual(request?.volumeContext, {
      'fs-name': 'lustrefs',
      'csi.storage.k8s.io/pod.name': 'writer',
      'csi.storage.k8s.io/pod.namespace': 'default',
      'csi.storage.k8s.io/pod.uid': metadata.uid,
      'csi.storage.k8s.io/serviceAccount.name': 'default',
      'csi.storage.k8s.io/ephemeral': 'false',
    });
    const conditions = (running?.status?.conditions ?? []) as { type: string; status: string }[];
    assert.ok(conditions.every((one) => one.status === 'True'));
    assert.deepEqual(
      eventTexts(cluster, 'writer').filter((event) => event.startsWith('Normal')),
      [
        'Normal Pulled Container image "alpine" already present on machine',
        'Normal Created Created container: main',
        'Normal Started Started container main',
      ],
    );
    const where = { namespace: 'default', pod: 'writer', container: undefined };
    const session = await node().exec({
      ...where,
      command: ['cat', '/mnt/lustre/outfile'],
      stdin: false,
      tty: false,
    });
    assert.equal(await text(session.stdout), 'hello\n');
    assert.equal(await session.exitCode, 0);
    const logs = {
      follow: false,
      previous: false,
      timestamps: false,
      tailLines: 1,
      limitBytes: undefined,
      sinceTime: undefined,
    };
    assert.equal(
      await text(await node().logs({ ...where, ...logs, signal: new AbortController().signal })),
      'began\n',
    );
    await cluster.client.delete(pods, { namespace: 'default', name: 'writer' });
    await eventually(
      () => podOf('writer'),
      (it) => it === undefined,
    );
    assert.equal(mountsBelow(rootDir), 0);
    assert.deepEqual(readdirSync(join(rootDir, 'pods')), []);
    assert.deepEqual(readdirSync(join(rootDir, '../logs')), []);
    assert.equal(readFileSync(join(data, 'outfile'), 'utf8'), 'hello\n');
    assert.ok(eventTexts(cluster, 'writer').includes('Normal Killing Stopping container main'));
  });

  test('looks at a running pod again: its files are renewed, and its driver is not asked to mount twice', async (t) => {
    const { cluster, plugin, rootDir, reaches } = await setUp(t);
    const settings = { metadata: { name: 'settings', namespace: 'default' }, data: { greeting: 'hello' } };
    cluster.add(configMaps, settings);
    const volumes = [...withClaim.volumes, { name: 'files', configMap: { name: 'settings' } }];
    const { metadata } = cluster.add(pods, pod('reader', 'sleep 60', { volumes }, atMnt));
    await reaches('reader', 'Running');
    const file = join(rootDir, 'pods', metadata.uid ?? '', 'volumes/kubernetes.io~configmap/files/greeting');
    assert.equal(readFileSync(file, 'utf8'), 'hello');
    const body = { data: { greeting: 'good evening' } };
    await cluster.client.patch(
      configMaps,
      { namespace: 'default', name: 'settings' },
      { type: 'merge', body },
    );
    await eventually(
      () => readFileSync(file, 'utf8'),
      (text) => text === 'good evening',
    );
    assert.equal(plugin.published.length, 1);
  });

  test('a followed log ends with its container', async (t) => {
    const { cluster, node, reaches } = await setUp(t);
    cluster.add(pods, pod('talker', 'echo one; sleep 0.3; echo two'));
    await reaches('talker', 'Running');
    const request = {
      namespace: 'default',
      pod: 'talker',
      container: undefined,
      follow: true,
      previous: false,
      timestamps: false,
    };
    const stream = await node().logs({
      ...request,
      tailLines: undefined,
      limitBytes: undefined,
      sinceTime: undefined,
      signal: new AbortController().signal,
    });
    assert.equal(await text(stream), 'one\ntwo\n');
  });

  test('a pod that ends says how, and gives its volume back', async (t) => {
    const { cluster, rootDir, reaches } = await setUp(t);
    cluster.add(pods, pod('good', 'true', withClaim, atMnt));
    cluster.add(pods, pod('bad', 'exit 3', withClaim, atMnt));
    await reaches('good', 'Succeeded');
    const bad = await reaches('bad', 'Failed');
    const [container] = (bad?.status?.containerStatuses ?? []) as {
      state: { terminated?: { exitCode: number; reason: string } };
    }[];
    assert.equal(container?.state.terminated?.exitCode, 3);
    assert.equal(container?.state.terminated?.reason, 'Error');
    await eventually(
      () => mountsBelow(rootDir),
      (it) => it === 0,
    );
  });

  test('a container that fails is started again, first at once, then later and later', async (t) => {
    const { cluster, podOf } = await setUp(t);
    cluster.add(pods, pod('crasher', 'exit 1', { restartPolicy: 'Always' }));
    const waiting = await eventually(
      () =>
        podOf('crasher')?.status?.containerStatuses as {
          restartCount: number;
          state: { waiting?: { reason: string } };
        }[],
      (it) => it?.[0]?.state.waiting?.reason === 'CrashLoopBackOff',
    );
    assert.equal(waiting[0]?.restartCount, 1);
    await eventually(
      () => eventTexts(cluster, 'crasher'),
      (it) =>
        it.some((event) =>
          event.startsWith(
            'Warning BackOff Back-off restarting failed container main in pod crasher_default(',
          ),
        ),
    );
  });

  test('init containers run one after the other before the others', async (t) => {
    const { cluster, data, reaches } = await setUp(t);
    const init = (name: string) => ({
      name,
      command: ['sh', '-c', `echo ${name} >>/mnt/lustre/order`],
      ...atMnt,
    });
    cluster.add(
      pods,
      pod(
        'staged',
        'echo main >>/mnt/lustre/order',
        { ...withClaim, initContainers: [init('first'), init('second')] },
        atMnt,
      ),
    );
    await reaches('staged', 'Succeeded');
    assert.equal(readFileSync(join(data, 'order'), 'utf8'), 'first\nsecond\nmain\n');
  });

  test('a mount that fails is told in kubelet’s words and tried again', async (t) => {
    const { cluster, plugin, reaches } = await setUp(t);
    plugin.refusePublish = status.INTERNAL;
    cluster.add(pods, pod('writer', 'true', withClaim, atMnt));
    const message =
      'Warning FailedMount MountVolume.SetUp failed for volume "volume" : rpc error: code = Internal desc = not today';
    await eventually(
      () => eventTexts(cluster, 'writer'),
      (it) => it.includes(message),
    );
    plugin.refusePublish = undefined;
    await reaches('writer', 'Succeeded');
    assert.ok(!plugin.calls.includes('nodeUnstageVolume'));
  });

  test('after an uncertain failure the volume of a deleted pod is unpublished all the same', async (t) => {
    const { cluster, plugin, podOf } = await setUp(t);
    plugin.refusePublish = status.UNAVAILABLE;
    cluster.add(pods, pod('writer', 'true', withClaim, atMnt));
    await eventually(
      () => plugin.published.length,
      (it) => it > 0,
    );
    await cluster.client.delete(pods, { namespace: 'default', name: 'writer' }, { gracePeriodSeconds: 0 });
    await eventually(
      () => podOf('writer'),
      (it) => it === undefined,
    );
    await eventually(
      () => plugin.calls,
      (it) => it.includes('nodeUnpublishVolume'),
    );
  });

  test('a container without a command says that images are not pulled', async (t) => {
    const { cluster, podOf } = await setUp(t);
    cluster.add(pods, pod('image', '', {}, { command: [], image: 'registry.example/app:1' }));
    const [container] = await eventually(
      () =>
        (podOf('image')?.status?.containerStatuses ?? []) as {
          state: { waiting?: { reason: string; message?: string } };
        }[],
      (it) => it[0]?.state.waiting?.reason === 'CreateContainerConfigError',
    );
    assert.match(
      container?.state.waiting?.message ?? '',
      /^image "registry\.example\/app:1" is not pulled in the sandbox/,
    );
  });

  test('pods go on while the node is away; it takes them up again, and clears what was deleted meanwhile', async (t) => {
    const { cluster, data, rootDir, node, kill, startAgain, reaches } = await setUp(t);
    const ticks = join(data, 'ticks');
    const count = () => (existsSync(ticks) ? readFileSync(ticks, 'utf8').split('\n').length : 0);
    const ticking = 'echo $$ >>/mnt/lustre/starts; while :; do echo >>/mnt/lustre/ticks; sleep 0.05; done';
    cluster.add(pods, pod('stays', ticking, withClaim, atMnt));
    const { metadata } = cluster.add(pods, pod('leaves', 'sleep 60', withClaim, atMnt));
    await reaches('stays', 'Running');
    await reaches('leaves', 'Running');
    await kill();
    const before = count();
    await eventually(count, (now) => now > before + 2);
    // As if the node had been away while somebody forced the deletion.
    await cluster.client.delete(pods, { namespace: 'default', name: 'leaves' }, { gracePeriodSeconds: 0 });
    await startAgain();
    await eventually(
      () => existsSync(join(rootDir, 'pods', metadata.uid ?? '')),
      (it) => !it,
    );
    const session = await node().exec({
      namespace: 'default',
      pod: 'stays',
      container: 'main',
      command: ['cat', '/mnt/lustre/starts'],
      stdin: false,
      tty: false,
    });
    assert.equal((await text(session.stdout)).trim().split('\n').length, 1);
    const stays = await reaches('stays', 'Running');
    const [container] = (stays?.status?.containerStatuses ?? []) as {
      restartCount: number;
    }[];
    assert.equal(container?.restartCount, 0);
  });

  test('when the node is closed its containers end, and the next node runs them again', async (t) => {
    const { cluster, node, startAgain, reaches, podOf } = await setUp(t);
    cluster.add(pods, pod('server', 'sleep 60', { restartPolicy: 'Always' }));
    await reaches('server', 'Running');
    await node().close();
    assert.deepEqual(containerProcesses(), []);
    await startAgain();
    const statuses = () =>
      (podOf('server')?.status?.containerStatuses ?? []) as { restartCount: number; ready: boolean }[];
    await eventually(statuses, ([it]) => it?.restartCount === 1 && it.ready);
  });

  test('plain volumes and variables come from the cluster’s objects', async (t) => {
    const { cluster, data, reaches } = await setUp(t);
    cluster.add(configMaps, {
      metadata: { name: 'settings', namespace: 'default' },
      data: { 'app.conf': 'x=1', WORD: 'blue' },
    });
    cluster.add(secrets, {
      metadata: { name: 'key', namespace: 'default' },
      data: { token: Buffer.from('s3cret').toString('base64') },
    });
    const command =
      'cat /etc/app/app.conf /run/key/token; echo " $COLOUR $POD"; echo kept >/scratch/file; cat /scratch/file';
    cluster.add(
      pods,
      pod(
        'reader',
        `{ ${command}; } >/mnt/lustre/read`,
        {
          volumes: [
            ...withClaim.volumes,
            {
              name: 'settings',
              configMap: { name: 'settings', items: [{ key: 'app.conf', path: 'app.conf' }] },
            },
            { name: 'key', secret: { secretName: 'key', defaultMode: 0o400 } },
            { name: 'scratch', emptyDir: {} },
          ],
        },
        {
          env: [
            { name: 'COLOUR', valueFrom: { configMapKeyRef: { name: 'settings', key: 'WORD' } } },
            { name: 'POD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
          ],
          volumeMounts: [
            ...atMnt.volumeMounts,
            { name: 'settings', mountPath: '/etc/app' },
            { name: 'key', mountPath: '/run/key' },
            { name: 'scratch', mountPath: '/scratch' },
          ],
        },
      ),
    );
    await reaches('reader', 'Succeeded');
    assert.equal(readFileSync(join(data, 'read'), 'utf8'), 'x=1s3cret blue reader\nkept\n');
  });

  test('no process is left of any of this', () => {
    assert.deepEqual(containerProcesses(), []);
  });
});
