import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { type EfsView, openEfsView } from '../../demo/efs-view.ts';
import { systemClock } from '../../src/async/clock.ts';
import { berth, repository } from '../testing/berth.ts';
import { eventually, type Kubectl, openKubectl } from '../testing/kubectl.ts';
import { mountRefusal, startSandbox, type TestSandbox } from '../testing/sandbox.ts';
import { findTool } from '../tools/find-tool.ts';
import { newestKubectl } from '../tools/tools.ts';

const examples = join(repository, 'examples/aws-efs');
const found = findTool(newestKubectl);
const skip = 'missing' in found ? found.missing : (mountRefusal() ?? false);
const DOCUMENTED = 'fs-a5324911';

suite('the Amazon EFS tutorial, its manifests as they are printed', { skip }, () => {
  let sandbox: TestSandbox;
  let kubectl: Kubectl;
  let efs: EfsView;
  const cleanups: (() => Promise<void>)[] = [];
  const start = async (flags: readonly string[] = []) => {
    sandbox = await startSandbox({ after: (done) => cleanups.push(done) }, flags);
    assert.ok('path' in found);
    kubectl = openKubectl(found.path, sandbox.info.kubeconfig);
    const { clouds, caFile } = sandbox.info;
    efs = openEfsView(clouds.aws, await readFile(caFile, 'utf8'), systemClock);
  };
  before(() => start());
  after(async () => {
    for (const cleanup of cleanups) await cleanup();
  });

  const apply = (file: string) => kubectl('apply', '-f', join(examples, file));
  const inPod = (pod: string, command: string) => kubectl('exec', pod, '--', 'sh', '-c', command);
  const ready = (...pods: string[]) =>
    kubectl('wait', '--for=condition=Ready', ...pods.map((pod) => `pod/${pod}`), '--timeout=60s');
  const deletePods = (...pods: string[]) => kubectl('delete', 'pod', ...pods, '--grace-period=1');
  const bound = (claim: string) =>
    eventually(
      () => kubectl('get', 'pvc', claim, '-o', 'jsonpath={.status.phase}'),
      (phase) => phase === 'Bound',
    );
  const noVolumes = () =>
    eventually(
      () => kubectl('get', 'pv', '-o', 'name'),
      (names) => names.trim() === '',
    );
  /** A file system's files, as they are on this machine. */
  const files = (fileSystemId: string) => join(sandbox.stateDir, 'efs', fileSystemId, 'data');
  const volumeDirectory = () => join(files(DOCUMENTED), 'dynamic_provisioning');

  async function claimWithTwoPods(): Promise<void> {
    await apply('storageclass.yaml');
    await apply('pvc.yaml');
    await bound('test');
    await apply('pods.yaml');
    await ready('efs-app', 'efs-app-2');
  }

  test('a claim is Bound to an access point of its own, and two pods share what is written', async () => {
    await claimWithTwoPods();
    assert.match(await kubectl('get', 'pvc'), /^test +Bound +pvc-\S+ +5Gi +RWX +efs-sc/m);
    const [point, ...others] = await efs.accessPoints(DOCUMENTED);
    assert.deepEqual(others, []);
    const gid = point?.PosixUser?.Gid ?? 0;
    assert.ok(gid >= 1000 && gid <= 2000, `GID ${gid}`);
    assert.match(point?.RootDirectory?.Path ?? '', /^\/dynamic_provisioning\/pvc-/);
    const handle = await kubectl('get', 'pv', '-o', 'jsonpath={.items[0].spec.csi.volumeHandle}');
    assert.equal(handle, `efs:${DOCUMENTED}::${point?.AccessPointId}`);

    assert.match(await kubectl('exec', 'efs-app', '--', 'df', '-h'), /^127\.0\.0\.1:\/ .* \/data$/m);
    await eventually(
      () => inPod('efs-app-2', 'cat /data/out'),
      (text) => text.trim().split('\n').length >= 2,
    );
    assert.match(await inPod('efs-app', 'stat -c "%a %g" /data'), new RegExp(`^700 ${gid}$`, 'm'));
  });

  test('deleting the claim deletes its access point, and keeps the data', async () => {
    await deletePods('efs-app', 'efs-app-2');
    await kubectl('delete', 'pvc', 'test');
    await noVolumes();
    assert.deepEqual(await efs.accessPoints(DOCUMENTED), []);
    const [directory = '', ...others] = await readdir(volumeDirectory());
    assert.deepEqual(others, []);
    assert.deepEqual(await readdir(join(volumeDirectory(), directory)), ['out']);
  });

  test('static volumes: a whole file system without encryption, a directory of it, an access point', async () => {
    await apply('pv.yaml');
    await apply('pod_static.yaml');
    await ready('efs-pv');
    assert.match(await kubectl('exec', 'efs-pv', '--', 'df', '-h'), /^\S+:\/ .* \/data$/m);
    await eventually(
      () => inPod('efs-pv', 'cat /data/reports/today || true'),
      (text) => text !== '',
    );
    await apply('pv_sub_path.yaml');
    await apply('pv_access_point.yaml');
    await ready('efs-sub-path', 'efs-access-point');
    assert.match(
      await kubectl('exec', 'efs-sub-path', '--', 'df', '-h'),
      /^127\.0\.0\.1:\/reports .* \/data$/m,
    );
    assert.match(await inPod('efs-sub-path', 'cat /data/today'), /UTC/);
    assert.equal(await inPod('efs-access-point', 'touch /data/here && stat -c %u:%g /data'), '1000:1000\n');
    assert.deepEqual(await readdir(join(files('fs-6e633ada'), 'documented')), ['here']);

    const names = ['efs-pv', 'efs-sub-path', 'efs-access-point'];
    await deletePods(...names);
    await kubectl('delete', 'pvc', ...names);
    await kubectl('delete', 'pv', ...names);
    assert.deepEqual(await readdir(files('fs-ae66151a')), ['reports'], 'what is static is kept');
    assert.equal((await efs.accessPoints('fs-6e633ada')).length, 1);
  });

  test('a directory per claim: no access point, and archived when the claim goes', async () => {
    await apply('storageclass_dir.yaml');
    const claim =
      'kind: PersistentVolumeClaim\napiVersion: v1\nmetadata: {name: dir}\nspec: {storageClassName: efs-dir, accessModes: [ReadWriteMany], resources: {requests: {storage: 1Gi}}}';
    assert.equal((await kubectl.withInput(claim, 'apply', '-f', '-')).exitCode, 0);
    await bound('dir');
    assert.deepEqual(await efs.accessPoints(DOCUMENTED), []);
    const [directory] = await readdir(join(files(DOCUMENTED), 'claims'));
    assert.match(directory ?? '', /^pvc-/);
    await kubectl('delete', 'pvc', 'dir');
    await noVolumes();
  });

  test('with --delete-access-point-root-dir the data goes with the claim', async () => {
    const { exitCode } = await berth(['sandbox', 'stop', '--state-dir', sandbox.stateDir]);
    assert.equal(exitCode, 0);
    await start(['--controller-arg=--delete-access-point-root-dir']);
    await claimWithTwoPods();
    assert.equal((await readdir(volumeDirectory())).length, 1);
    await deletePods('efs-app', 'efs-app-2');
    await kubectl('delete', 'pvc', 'test');
    await noVolumes();
    assert.deepEqual(await efs.accessPoints(DOCUMENTED), []);
    assert.deepEqual(await readdir(volumeDirectory()), []);
  });
});
