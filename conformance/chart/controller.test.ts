import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Container } from './testing/chart-objects.ts';
import { controllerOf, findObject, helmRefusal, renderChart, rulesOf } from './testing/render-chart.ts';

const restricted = {
  allowPrivilegeEscalation: false,
  privileged: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
};

const driverOf = (containers: readonly Container[]) => {
  const container = containers.find(({ name }) => name === 'azurelustre');
  assert.ok(container);
  return container;
};

suite('the chart’s controller', { skip: helmRefusal }, () => {
  test('bears the names by which upstream’s guides find it', async () => {
    const controller = controllerOf(await renderChart());
    assert.equal(controller.metadata.namespace, 'kube-system');
    assert.equal(controller.spec.replicas, 2);
    const { metadata, spec } = controller.spec.template;
    assert.equal(metadata.labels.app, 'csi-azurelustre-controller');
    assert.equal(spec.serviceAccountName, 'csi-azurelustre-controller-sa');
    assert.deepEqual(
      spec.containers.map(({ name }) => name),
      ['azurelustre'],
    );
  });

  test('is unprivileged, sees one file of its node, and writes nowhere but into its own volumes', async () => {
    const { spec } = controllerOf(await renderChart()).spec.template;
    assert.deepEqual(driverOf(spec.containers).securityContext, restricted);
    assert.deepEqual(spec.securityContext.seccompProfile, { type: 'RuntimeDefault' });
    assert.equal(spec.hostNetwork, false);
    assert.deepEqual(
      spec.volumes.flatMap(({ hostPath }) => hostPath ?? []),
      [{ path: '/etc/kubernetes/azure.json', type: 'File' }],
    );
  });

  test('is an ordinary user without any part of its node where Azure’s facts are given as values', async () => {
    const subscriptionId = '00000000-1111-2222-3333-444444444444';
    const objects = await renderChart({
      azure: {
        useNodeConfig: false,
        subscriptionId,
        resourceGroup: 'rg',
        location: 'eastus',
        vnetName: 'net',
        vnetResourceGroup: 'net-rg',
        subnetName: 'lustre',
        workloadIdentity: { clientId: subscriptionId },
      },
    });
    const { metadata, spec } = controllerOf(objects).spec.template;
    assert.deepEqual(spec.securityContext, {
      seccompProfile: { type: 'RuntimeDefault' },
      runAsNonRoot: true,
      runAsUser: 65_532,
      runAsGroup: 65_532,
    });
    assert.deepEqual(
      spec.volumes.filter(({ hostPath }) => hostPath),
      [],
    );
    const { args = [] } = driverOf(spec.containers);
    for (const flag of [
      `--subscription-id=${subscriptionId}`,
      '--resource-group=rg',
      '--location=eastus',
      '--vnet-name=net',
      '--vnet-resource-group=net-rg',
      '--subnet-name=lustre',
    ])
      assert.ok(args.includes(flag), flag);
    assert.ok(!args.some((arg) => arg.startsWith('--azure-config-file')));
    assert.equal(metadata.labels['azure.workload.identity/use'], 'true');
    const account = findObject(objects, 'ServiceAccount', 'csi-azurelustre-controller-sa');
    assert.deepEqual(account.metadata.annotations, { 'azure.workload.identity/client-id': subscriptionId });
  });

  test('has the rights that its loops use and no other', async () => {
    const objects = await renderChart();
    assert.deepEqual(rulesOf(objects, 'ClusterRole', 'csi-azurelustre-controller'), {
      persistentvolumes: 'get list watch create patch delete',
      persistentvolumeclaims: 'list watch',
      'persistentvolumeclaims/status': 'patch',
      'storage.k8s.io storageclasses': 'list watch',
      nodes: 'get',
      events: 'create patch',
    });
    assert.deepEqual(rulesOf(objects, 'Role', 'csi-azurelustre-controller-leases'), {
      'coordination.k8s.io leases': 'create',
      'coordination.k8s.io leases azurelustre-csi-azure-com external-resizer-azurelustre-csi-azure-com':
        'get update',
    });
    assert.doesNotMatch(JSON.stringify(objects), /"secrets"/);
  });

  test('reads the Secrets that are listed, by name, in their namespaces', async () => {
    const objects = await renderChart({
      controller: { secretAccess: [{ namespace: 'team-a', names: ['one', 'two'] }] },
    });
    assert.deepEqual(rulesOf(objects, 'Role', 'csi-azurelustre-controller-secrets'), {
      'secrets one two': 'get',
    });
    assert.equal(
      findObject(objects, 'RoleBinding', 'csi-azurelustre-controller-secrets').metadata.namespace,
      'team-a',
    );
  });

  test('is probed on upstream’s port and measured there', async () => {
    const objects = await renderChart({
      metrics: { serviceMonitor: { enabled: true, labels: { release: 'prometheus' } } },
    });
    const driver = driverOf(controllerOf(objects).spec.template.spec.containers);
    assert.deepEqual(driver.ports, [{ name: 'healthz', containerPort: 29_762, protocol: 'TCP' }]);
    assert.deepEqual(driver.startupProbe?.httpGet, { path: '/readyz', port: 'healthz' });
    assert.deepEqual(driver.readinessProbe?.httpGet, { path: '/readyz', port: 'healthz' });
    assert.deepEqual(driver.livenessProbe?.httpGet, { path: '/healthz', port: 'healthz' });
    const service = findObject(objects, 'Service', 'csi-azurelustre-controller-metrics');
    assert.match(JSON.stringify(service), /"selector":\{"app":"csi-azurelustre-controller"\}.*29762/);
    const monitor = findObject(objects, 'ServiceMonitor', 'csi-azurelustre');
    assert.equal(monitor.metadata.labels?.release, 'prometheus');
  });

  test('keeps one replica through a drain; a single replica could never be drained so', async () => {
    const kinds = async (replicas: number) =>
      (await renderChart({ controller: { replicas } })).map(({ kind }) => kind);
    assert.ok((await kinds(2)).includes('PodDisruptionBudget'));
    assert.ok(!(await kinds(1)).includes('PodDisruptionBudget'));
  });

  test('is sent to another address of the API server, as every other container that asks it', async () => {
    const objects = await renderChart({
      sidecars: 'external',
      apiServer: { host: '10.0.0.1', port: 6443 },
      externalSidecars: { resizer: { enabled: true } },
    });
    const asking = new Set(['azurelustre', 'csi-provisioner', 'csi-resizer', 'uninstall-guard']);
    let count = 0;
    for (const object of objects) {
      const template = (
        object.spec as { template?: { spec: { containers: readonly Container[] } } } | undefined
      )?.template;
      for (const { name, env = [] } of template?.spec.containers ?? []) {
        if (!asking.has(name)) continue;
        const said = (key: string) => env.find((variable) => variable.name === key)?.value;
        assert.equal(said('KUBERNETES_SERVICE_HOST'), '10.0.0.1', name);
        assert.equal(said('KUBERNETES_SERVICE_PORT'), '6443', name);
        count += 1;
      }
    }
    // Controller, its two sidecars, the guard, and three flavours of nodes.
    assert.equal(count, 7);
  });

  test('with standard sidecars leaves claims to them, and its port to the livenessprobe', async () => {
    const objects = await renderChart({ sidecars: 'external' });
    const { containers } = controllerOf(objects).spec.template.spec;
    assert.deepEqual(
      containers.map(({ name }) => name),
      ['azurelustre', 'csi-provisioner', 'liveness-probe'],
    );
    for (const { name, securityContext } of containers) assert.deepEqual(securityContext, restricted, name);
    const driver = driverOf(containers);
    assert.ok(driver.args?.includes('--sidecars=external'));
    assert.ok(driver.args?.includes('--health-port=29764'));
    assert.deepEqual(driver.livenessProbe?.httpGet, { path: '/healthz', port: 29_762 });
    const provisioner = containers.find(({ name }) => name === 'csi-provisioner');
    for (const flag of ['--timeout=15m', '--extra-create-metadata=true', '--leader-election'])
      assert.ok(provisioner?.args?.includes(flag), flag);
    const { events, 'storage.k8s.io csinodes': csiNodes } = rulesOf(
      objects,
      'ClusterRole',
      'csi-azurelustre-controller',
    );
    assert.equal(events, 'get list watch update create patch');
    assert.equal(csiNodes, 'get list watch');
  });

  test('cannot be uninstalled under volumes: a hook lists them and has no other right', async () => {
    const objects = await renderChart();
    const job = findObject(objects, 'Job', 'csi-azurelustre-uninstall-guard');
    assert.equal(job.metadata.annotations?.['helm.sh/hook'], 'pre-delete');
    assert.match(
      JSON.stringify(job.spec),
      /"args":\["uninstall-check","--driver=azurelustre\.csi\.azure\.com"\]/,
    );
    assert.deepEqual(rulesOf(objects, 'ClusterRole', 'csi-azurelustre-uninstall-guard'), {
      persistentvolumes: 'list',
    });
    const without = await renderChart({ uninstallGuard: false });
    assert.doesNotMatch(JSON.stringify(without), /uninstall-guard/);
  });
});
