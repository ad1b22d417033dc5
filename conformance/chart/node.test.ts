import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Container, PodSpec } from './testing/chart-objects.ts';
import { findObject, helmRefusal, nodeOf, renderChart, rulesOf } from './testing/render-chart.ts';

const plugin = '/var/lib/kubelet/plugins/azurelustre.csi.azure.com';

function driverOf({ containers }: PodSpec): Container {
  const container = containers.find(({ name }) => name === 'azurelustre');
  assert.ok(container);
  return container;
}

const nodeTerms = ({ affinity }: PodSpec) =>
  affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0]?.matchExpressions;

suite('the chart’s node plugin', { skip: helmRefusal }, () => {
  test('the CSIDriver says what upstream’s says, and how volumes meet fsGroup is a choice', async () => {
    const specOf = async (values: object) =>
      findObject(await renderChart(values), 'CSIDriver', 'azurelustre.csi.azure.com').spec;
    const upstream = {
      attachRequired: false,
      podInfoOnMount: true,
      fsGroupPolicy: 'File',
      volumeLifecycleModes: ['Persistent'],
    };
    assert.deepEqual(await specOf({}), upstream);
    assert.deepEqual(await specOf({ csiDriver: { fsGroupPolicy: 'None' } }), {
      ...upstream,
      fsGroupPolicy: 'None',
    });
  });

  test('each flavour runs on the nodes of its operating systems only', async () => {
    const objects = await renderChart();
    const skus = { jammy: ['Ubuntu2204', 'Ubuntu2004'], noble: ['Ubuntu2404'], azurelinux3: ['AzureLinux3'] };
    for (const [flavour, values] of Object.entries(skus)) {
      const { metadata, spec } = nodeOf(objects, flavour).spec.template;
      assert.equal(metadata.labels.app, 'csi-azurelustre-node');
      assert.equal(metadata.labels.flavor, flavour);
      assert.deepEqual(nodeTerms(spec), [
        { key: 'type', operator: 'NotIn', values: ['virtual-kubelet'] },
        { key: 'kubernetes.azure.com/os-sku-effective', operator: 'In', values },
      ]);
      assert.deepEqual(spec.tolerations, [{ operator: 'Exists' }]);
    }
  });

  test('registers by itself, at the paths that kubelet sees', async () => {
    const { spec } = nodeOf(await renderChart(), 'noble').spec.template;
    const driver = driverOf(spec);
    for (const arg of [
      '--endpoint=unix:///csi/csi.sock',
      '--node-id=$(KUBE_NODE_NAME)',
      '--registration-dir=/registration',
      `--kubelet-plugin-dir=${plugin}`,
      '--health-port=29763',
    ])
      assert.ok(driver.args?.includes(arg), arg);
    const hostPaths = Object.fromEntries(
      spec.volumes.flatMap(({ name, hostPath }) => (hostPath ? [[name, hostPath.path]] : [])),
    );
    assert.deepEqual(hostPaths, {
      socket: plugin,
      registration: '/var/lib/kubelet/plugins_registry',
      kubelet: '/var/lib/kubelet',
      'host-os-release': '/etc/os-release',
      dev: '/dev',
    });
    const mounts = Object.fromEntries(driver.volumeMounts?.map((mount) => [mount.name, mount]) ?? []);
    assert.deepEqual(mounts.kubelet, {
      name: 'kubelet',
      mountPath: '/var/lib/kubelet',
      mountPropagation: 'Bidirectional',
    });
    assert.equal(mounts['lustre-client']?.readOnly, true);
    assert.equal(mounts.dev, undefined);
  });

  test('follows a kubelet with another directory', async () => {
    const { spec } = nodeOf(await renderChart({ node: { kubeletDir: '/data/kubelet' } }), 'noble').spec
      .template;
    assert.ok(
      driverOf(spec).args?.includes('--kubelet-plugin-dir=/data/kubelet/plugins/azurelustre.csi.azure.com'),
    );
    assert.doesNotMatch(JSON.stringify(spec), /\/var\/lib\/kubelet/);
  });

  test('is privileged, which mounting for others needs, and still cannot write to its own root', async () => {
    const { spec } = nodeOf(await renderChart(), 'noble').spec.template;
    assert.deepEqual(driverOf(spec).securityContext, { privileged: true, readOnlyRootFilesystem: true });
    assert.equal(spec.hostNetwork, true);
    assert.deepEqual(driverOf(spec).resources?.limits, { memory: '128Mi' });
  });

  test('may read its CSINode and take a taint off, or nothing where the taint stays', async () => {
    assert.deepEqual(rulesOf(await renderChart(), 'ClusterRole', 'csi-azurelustre-node'), {
      nodes: 'get patch',
      'storage.k8s.io csinodes': 'get',
    });
    const without = await renderChart({ node: { removeNotReadyTaint: false } });
    assert.ok(!without.some(({ metadata }) => metadata.name === 'csi-azurelustre-node'));
    assert.ok(
      driverOf(nodeOf(without, 'noble').spec.template.spec).args?.includes('--no-remove-not-ready-taint'),
    );
  });

  test('may tell of its volumes by events, or not', async () => {
    const objects = await renderChart();
    assert.deepEqual(rulesOf(objects, 'ClusterRole', 'csi-azurelustre-node-volumes'), {
      persistentvolumes: 'get',
    });
    assert.deepEqual(rulesOf(objects, 'Role', 'csi-azurelustre-node-events'), { events: 'create patch' });
    const without = await renderChart({ node: { volumeEvents: false } });
    assert.ok(!without.some(({ metadata }) => /node-(volumes|events)$/.test(metadata.name)));
  });

  test('starts once the loader has loaded the client, and the loader goes on beside it', async () => {
    const objects = await renderChart();
    const { initContainers = [] } = nodeOf(objects, 'jammy').spec.template.spec;
    const [loader, ...others] = initContainers;
    assert.deepEqual(others, []);
    assert.equal(loader?.name, 'lustre-loader');
    assert.equal(loader?.restartPolicy, 'Always');
    assert.deepEqual(loader?.startupProbe?.exec?.command, ['test', '-e', '/lustre/ready']);
    assert.deepEqual(loader?.livenessProbe?.exec?.command, ['test', '-d', '/sys/module/lnet']);
    assert.deepEqual(
      loader?.env?.map(({ name, value }) => [name, value]),
      [
        ['HOST_OS', 'ubuntu:22.04 ubuntu:20.04'],
        ['LUSTRE_CLIENT_VERSION', '2.15.8-39-g2d32b59'],
        ['LUSTRE_PACKAGES', 'https://packages.microsoft.com'],
        ['LNET_RECONCILE_SECONDS', '30'],
      ],
    );
    const { data } = findObject(objects, 'ConfigMap', 'csi-azurelustre-lustre-loader') as unknown as {
      data: Record<string, string>;
    };
    assert.match(data['lustre-loader.sh'] ?? '', /^#!\/bin\/sh\n/);
  });

  test('one flavour for every node, where the nodes bring the client themselves', async () => {
    const objects = await renderChart({
      node: { flavours: { jammy: null, noble: null, azurelinux3: null, any: { osSkus: [], loader: null } } },
    });
    assert.deepEqual(
      objects.filter(({ kind }) => kind === 'DaemonSet').map(({ metadata }) => metadata.name),
      ['csi-azurelustre-node-any'],
    );
    const { spec } = nodeOf(objects, 'any').spec.template;
    assert.equal(spec.initContainers, undefined);
    assert.deepEqual(nodeTerms(spec), [{ key: 'type', operator: 'NotIn', values: ['virtual-kubelet'] }]);
    assert.ok(!spec.volumes.some(({ name }) => ['dev', 'lustre-client'].includes(name)));
    assert.ok(!objects.some(({ kind }) => kind === 'ConfigMap'));
  });

  test('with standard sidecars is registered by the registrar', async () => {
    const { spec } = nodeOf(await renderChart({ sidecars: 'external' }), 'noble').spec.template;
    assert.deepEqual(
      spec.containers.map(({ name }) => name),
      ['azurelustre', 'node-driver-registrar', 'liveness-probe'],
    );
    assert.ok(!driverOf(spec).args?.some((arg) => arg.startsWith('--registration-dir')));
    assert.deepEqual(driverOf(spec).livenessProbe?.httpGet, { path: '/healthz', port: 29_763 });
    const registrar = spec.containers[1];
    assert.ok(registrar?.args?.includes(`--kubelet-registration-path=${plugin}/csi.sock`));
    assert.deepEqual(
      registrar?.volumeMounts?.map(({ mountPath }) => mountPath),
      ['/csi', '/registration'],
    );
  });
});
