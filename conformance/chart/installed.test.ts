import assert from 'node:assert/strict';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { controlPlaneRefusal, openControlPlane } from '../control-plane/open-control-plane.ts';
import { repository } from '../testing/berth.ts';
import { openKubectl } from '../testing/kubectl.ts';
import { openedForSuite } from '../testing/opened-for-suite.ts';
import { run } from '../testing/run.ts';
import { findTool } from '../tools/find-tool.ts';
import { newestKubectl } from '../tools/tools.ts';
import { chart, helmRefusal, runHelm } from './testing/render-chart.ts';

const kubectlFound = findTool(newestKubectl);
const skip =
  helmRefusal || ('missing' in kubectlFound && kubectlFound.missing) || controlPlaneRefusal() || false;

const account = (name: string) => `system:serviceaccount:kube-system:csi-azurelustre-${name}-sa`;
const guard = account('uninstall-guard');

const kinds = 'csidriver,deployment,daemonset,service,serviceaccount,configmap,role,rolebinding';
const clusterKinds = 'clusterrole,clusterrolebinding,poddisruptionbudget';

const volume = {
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: { name: 'kept' },
  spec: {
    capacity: { storage: '48Ti' },
    accessModes: ['ReadWriteMany'],
    persistentVolumeReclaimPolicy: 'Retain',
    claimRef: { namespace: 'team', name: 'data' },
    csi: { driver: 'azurelustre.csi.azure.com', volumeHandle: 'any' },
  },
};

suite('the chart on a real API server', { skip }, () => {
  const opened = openedForSuite(async (t) => {
    const cluster = await openControlPlane(t, {
      controllers: false,
      users: [{ name: guard, groups: ['system:serviceaccounts'] }],
    });
    assert.ok('path' in kubectlFound);
    const kubectl = openKubectl(kubectlFound.path, cluster.kubeconfig);
    const helm = async (...args: readonly string[]) => {
      const done = await runHelm([...args, '--namespace', 'kube-system'], {
        env: { KUBECONFIG: cluster.kubeconfig },
      });
      assert.equal(done.exitCode, 0, done.stderr);
      // The server's own remarks, on a field that is given twice or deprecated.
      assert.doesNotMatch(done.stderr, /warning/i);
      return done.stdout;
    };
    await helm('install', 'berth', chart);
    return { cluster, kubectl, helm };
  });

  const mayDo = async (who: string, question: string) => {
    const done = await opened().kubectl.tried('auth', 'can-i', ...question.split(' '), `--as=${who}`);
    return done.stdout.trim() === 'yes';
  };

  test('is accepted, and keeps its objects through a change to the standard sidecars and back', async () => {
    const { helm, kubectl } = opened();
    await helm('upgrade', 'berth', chart, '--set', 'sidecars=external');
    const images = await kubectl(
      ...['get', 'deployment', '-n', 'kube-system', '-o'],
      'jsonpath={.items[*].spec.template.spec.containers[*].name}',
    );
    assert.equal(images, 'azurelustre csi-provisioner liveness-probe');
    await helm('rollback', 'berth', '1');
  });

  test('lets each account do its work and nothing of another’s', async () => {
    const answers = {
      controller: {
        yes: [
          'create persistentvolumes',
          'patch persistentvolumeclaims --subresource=status',
          'create events',
        ],
        no: [
          'get secrets',
          'patch persistentvolumeclaims',
          'get pods',
          'patch nodes',
          'list leases -n default',
        ],
      },
      node: {
        yes: ['patch nodes', 'get csinodes', 'get persistentvolumes', 'create events -n default'],
        no: ['list nodes', 'list persistentvolumes', 'create events -n kube-system', 'get secrets'],
      },
      'uninstall-guard': { yes: ['list persistentvolumes'], no: ['get pods', 'delete persistentvolumes'] },
    };
    for (const [name, { yes, no }] of Object.entries(answers)) {
      for (const question of yes) assert.ok(await mayDo(account(name), question), `${name}: ${question}`);
      for (const question of no) assert.ok(!(await mayDo(account(name), question)), `${name}: ${question}`);
    }
    const lease = 'leases/azurelustre-csi-azure-com -n kube-system';
    assert.ok(await mayDo(account('controller'), `update ${lease}`));
    assert.ok(!(await mayDo(account('controller'), 'update leases/kube-scheduler -n kube-system')));
  });

  test('the uninstall guard stops at a volume that is left, with no more than its own rights', async () => {
    const { cluster, kubectl } = opened();
    const check = () =>
      run(process.execPath, [
        '--disable-warning=ExperimentalWarning',
        join(repository, 'src/cli/controller-main.ts'),
        'uninstall-check',
        '--kubeconfig',
        cluster.kubeconfigOf(guard),
      ]);
    const before = await check();
    assert.equal(before.exitCode, 0, before.stderr);
    await kubectl.withInput(JSON.stringify(volume), 'create', '-f', '-');
    const after = await check();
    assert.equal(after.exitCode, 1);
    assert.match(
      after.stderr,
      /found 1 PersistentVolume\(s\) still using CSI driver "azurelustre\.csi\.azure\.com": kept \(Pending, claim team\/data\)/,
    );
  });

  test('leaves nothing behind', async () => {
    const { helm, kubectl } = opened();
    // No kubelet runs the hook's pod here.
    await helm('uninstall', 'berth', '--no-hooks');
    const left = await kubectl(
      ...['get', `${kinds},${clusterKinds}`, '-A', '-l', 'app.kubernetes.io/instance=berth', '-o', 'name'],
    );
    assert.equal(left, '');
  });
});
