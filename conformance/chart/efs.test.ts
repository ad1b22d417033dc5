import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { parseTagList } from '../../src/drivers/aws-efs/tag-list.ts';
import { berth } from '../testing/berth.ts';
import type { Workload } from './testing/chart-objects.ts';
import { findObject, helmRefusal, renderChart, rulesOf, tryRender } from './testing/render-chart.ts';

const efs = 'efs.csi.aws.com';
const only = { drivers: [efs] };
const workload = (objects: Awaited<ReturnType<typeof renderChart>>, kind: string, name: string) =>
  findObject(objects, kind, name) as unknown as Workload;
const controllerOf = (objects: Awaited<ReturnType<typeof renderChart>>) =>
  workload(objects, 'Deployment', 'efs-csi-controller').spec.template.spec;
const nodeOf = (objects: Awaited<ReturnType<typeof renderChart>>) =>
  workload(objects, 'DaemonSet', 'efs-csi-node').spec.template.spec;

suite('the chart’s Amazon EFS', { skip: helmRefusal }, () => {
  test('is installed where drivers has it, with or without Azure Managed Lustre', async () => {
    const names = async (values: object) =>
      (await renderChart(values)).map(({ metadata }) => metadata.name).join(' ');
    assert.doesNotMatch(await names({}), /efs/);
    assert.doesNotMatch(await names(only), /azurelustre/);
    assert.match(
      await names({ drivers: ['azurelustre.csi.azure.com', efs] }),
      /azurelustre.*efs|efs.*azurelustre/s,
    );
    const refused = await tryRender({ drivers: ['smb.csi.k8s.io'] });
    assert.match(refused.stderr, /'azurelustre\.csi\.azure\.com', 'efs\.csi\.aws\.com'/);
  });

  test('passes flags that the programs know', async () => {
    const values = { ...only, efs: { directories: true, deleteAccessPointRootDir: true, tags: { a: 'b' } } };
    const objects = await renderChart(values);
    for (const { args = [] } of [...controllerOf(objects).containers, ...nodeOf(objects).containers]) {
      const [role = '', ...flags] = args;
      const { stdout } = await berth([role, '--help']);
      for (const flag of flags)
        assert.match(stdout, new RegExp(`^  ${flag.split('=')[0]}[ ,]`, 'm'), `${role} ${flag}`);
    }
  });

  test('tags with spaces and colons arrive as they were written', async () => {
    const tags = { team: 'blue', 'cost centre': 'a:b c\\d' };
    const [{ args = [] } = { args: [] }] = controllerOf(
      await renderChart({ ...only, efs: { tags } }),
    ).containers;
    const flag = args.find((one) => one.startsWith('--tags=')) ?? '';
    assert.deepEqual(parseTagList(flag.slice('--tags='.length)), tags);
  });

  test('the controller is an ordinary user; only directory work is privileged, and data goes only with it', async () => {
    const plain = controllerOf(await renderChart(only));
    assert.deepEqual([plain.containers.length, plain.hostNetwork], [1, false]);
    assert.equal(plain.securityContext.runAsNonRoot, true);
    const { containers } = controllerOf(await renderChart({ ...only, efs: { directories: true } }));
    assert.deepEqual(
      containers.map(({ securityContext }) => securityContext?.privileged),
      [false, true],
    );
    const refused = await tryRender({ ...only, efs: { deleteAccessPointRootDir: true } });
    assert.match(refused.stderr, /needs efs\.directories: true/);
  });

  test('a role of IAM is on the service account, and the region in the environment', async () => {
    const role = { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::111122223333:role/berth-efs' };
    const objects = await renderChart({
      ...only,
      efs: { region: 'eu-central-1', controllerServiceAccountAnnotations: role },
    });
    const account = findObject(objects, 'ServiceAccount', 'efs-csi-controller-sa');
    assert.deepEqual(account.metadata.annotations, role);
    assert.equal(findObject(objects, 'ServiceAccount', 'efs-csi-node-sa').metadata.annotations, undefined);
    for (const { containers } of [controllerOf(objects), nodeOf(objects)])
      assert.equal(containers[0]?.env?.find(({ name }) => name === 'AWS_REGION')?.value, 'eu-central-1');
  });

  test('the tunnel’s state is on the node, at the same path', async () => {
    const { volumes, containers } = nodeOf(await renderChart(only));
    const path = '/var/run/berth';
    assert.equal(volumes.find(({ name }) => name === 'state')?.hostPath?.path, path);
    assert.equal(containers[0]?.volumeMounts?.find(({ name }) => name === 'state')?.mountPath, path);
    assert.ok(containers[0]?.args?.includes(`--state-dir=${path}`));
  });

  test('objects that classes name are readable one by one, and no other', async () => {
    const access = { namespace: 'team-a', configMaps: ['efs'], secrets: ['cross-account'] };
    const objects = await renderChart({ ...only, efs: { objectAccess: [access] } });
    assert.deepEqual(rulesOf(objects, 'Role', 'efs-csi-controller-objects'), {
      'configmaps efs': 'get',
      'secrets cross-account': 'get',
    });
    assert.doesNotMatch(
      JSON.stringify(rulesOf(objects, 'ClusterRole', 'efs-csi-controller')),
      /secret|configmap/,
    );
  });

  test('an example class needs the id of a file system', async () => {
    const storageClass = { create: true };
    const refused = await tryRender({ ...only, efs: { storageClass } });
    assert.match(refused.stderr, /fileSystemId is needed/);
    const parameters = { fileSystemId: 'fs-a5324911' };
    const objects = await renderChart({ ...only, efs: { storageClass: { ...storageClass, parameters } } });
    assert.deepEqual(findObject(objects, 'StorageClass', 'efs-sc').parameters, {
      basePath: '/dynamic_provisioning',
      directoryPerms: '700',
      ...parameters,
      provisioningMode: 'efs-ap',
    });
  });

  test('CSIDriver says what upstream’s says', async () => {
    const { spec } = findObject(await renderChart(only), 'CSIDriver', efs);
    assert.deepEqual(spec, {
      attachRequired: false,
      podInfoOnMount: false,
      fsGroupPolicy: 'ReadWriteOnceWithFSType',
      volumeLifecycleModes: ['Persistent'],
    });
  });
});
