import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { lstat, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { eventually, type Kubectl, openKubectl } from '../testing/kubectl.ts';
import { mountRefusal, startSandbox, type TestSandbox } from '../testing/sandbox.ts';
import { findTool } from '../tools/find-tool.ts';
import { newestKubectl } from '../tools/tools.ts';

const tool = findTool(newestKubectl);
const skip = 'missing' in tool ? tool.missing : (mountRefusal() ?? false);

const storageClass = (name: string, parameters: Record<string, string>) => ({
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name },
  provisioner: 'azurelustre.csi.azure.com',
  parameters: {
    'provisioning-mode': 'directory',
    'base-dir': '/claims',
    'sub-dir': `\${pvc.metadata.namespace}/\${pvc.metadata.name}`,
    'directory-mode': '0770',
    uid: '1000',
    gid: '1000',
    ...parameters,
  },
  reclaimPolicy: 'Delete',
  allowVolumeExpansion: true,
});

const claim = (name: string, storageClassName: string) => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name },
  spec: { accessModes: ['ReadWriteMany'], storageClassName, resources: { requests: { storage: '1Gi' } } },
});

/** Writes into its claim as an ordinary user, and goes on running. */
const pod = (claimName: string) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: `writes-${claimName}` },
  spec: {
    securityContext: { runAsUser: 1000, runAsGroup: 1000 },
    containers: [
      {
        name: 'main',
        image: 'busybox',
        command: ['sh', '-c', 'id -u >/data/written && sleep 3600'],
        volumeMounts: [{ name: 'data', mountPath: '/data' }],
      },
    ],
    volumes: [{ name: 'data', persistentVolumeClaim: { claimName } }],
  },
});

suite('a directory per claim, from kubectl to the files', { skip }, () => {
  let sandbox: TestSandbox;
  let kubectl: Kubectl;
  let data = '';
  const cleanups: (() => Promise<void>)[] = [];
  before(async () => {
    assert.ok('path' in tool);
    sandbox = await startSandbox({ after: (done) => cleanups.push(done) }, ['--time-scale', '7200']);
    kubectl = openKubectl(tool.path, sandbox.info.kubeconfig);
    const { mgsAddress } = sandbox.info.clouds.azure;
    data = join(sandbox.stateDir, 'lustre', mgsAddress, 'data');
    for (const onDelete of ['delete', 'archive', 'retain'])
      await apply(storageClass(onDelete, { 'on-delete': onDelete, 'mgs-ip-address': mgsAddress }));
  });
  after(async () => {
    for (const cleanup of cleanups) await cleanup();
  });

  const apply = async (manifest: object) => {
    const done = await kubectl.withInput(JSON.stringify(manifest), 'apply', '-f', '-');
    assert.equal(done.exitCode, 0, done.stderr);
  };
  const until = (what: string, path: string, value: string) =>
    eventually(
      async () => (await kubectl.tried('get', what, '-o', `jsonpath={${path}}`)).stdout,
      (answer) => answer === value,
    );
  const gone = (what: string) =>
    eventually(
      async () => (await kubectl.tried('get', what)).exitCode,
      (code) => code === 1,
    );
  const volumeOf = (name: string) => kubectl('get', 'pvc', name, '-o', 'jsonpath={.spec.volumeName}');

  test('each claim gets its directory, a pod of an ordinary user writes there, and deleting does what the class says', async () => {
    for (const onDelete of ['delete', 'archive', 'retain']) {
      await apply(claim(onDelete, onDelete));
      await apply(pod(onDelete));
    }
    await apply(claim('neighbour', 'delete'));
    await apply(pod('neighbour'));
    for (const name of ['delete', 'archive', 'retain', 'neighbour']) {
      await until(`pvc/${name}`, '.status.phase', 'Bound');
      await until(`pod/writes-${name}`, '.status.phase', 'Running');
    }
    const directory = (name: string) => join(data, 'claims/default', name);
    const { mode, uid, gid } = await lstat(directory('delete'));
    assert.deepEqual([mode & 0o7777, uid, gid], [0o770, 1000, 1000]);
    for (const name of ['delete', 'archive', 'retain', 'neighbour'])
      await eventually(
        () => readFile(join(directory(name), 'written'), 'utf8').catch(() => ''),
        (text) => text === '1000\n',
      );

    const archived = await volumeOf('archive');
    for (const name of ['delete', 'archive', 'retain']) {
      const volume = await volumeOf(name);
      await kubectl('delete', 'pod', `writes-${name}`, '--grace-period=0', '--force');
      await kubectl('delete', 'pvc', name);
      await gone(`pv/${volume}`);
    }
    assert.deepEqual((await readdir(join(data, 'claims/default'))).sort(), ['neighbour', 'retain']);
    assert.ok(existsSync(join(directory('retain'), 'written')));
    assert.ok(existsSync(join(data, `claims/archived-${archived}/written`)));
    assert.equal(await readFile(join(directory('neighbour'), 'written'), 'utf8'), '1000\n');
    assert.deepEqual(await readdir(join(data, '.berth/removing')), []);
  });

  test('a claim that grows has a new quota', async () => {
    const limits = async () => {
      const projects = join(data, '../projects');
      const ids = await readdir(projects);
      const texts = await Promise.all(ids.map((id) => readFile(join(projects, id, 'limit'), 'utf8')));
      return texts.map(Number);
    };
    assert.ok((await limits()).every((limit) => limit === 1_048_576));
    const patch = JSON.stringify({ spec: { resources: { requests: { storage: '2Gi' } } } });
    await kubectl('patch', 'pvc', 'neighbour', '-p', patch);
    await until('pvc/neighbour', '.status.capacity.storage', '2Gi');
    assert.ok((await limits()).includes(2_097_152));
  });

  test('a directory that was there before is not taken: the claim says why, and nothing is deleted with it', async () => {
    await apply(claim('retain', 'delete'));
    const events = await eventually(
      async () => kubectl('get', 'events', '-o', 'jsonpath={.items[*].message}'),
      (text) => text.includes('is not this volume'),
    );
    assert.match(
      events,
      /directory "claims\/default\/retain" is not this volume's: it is the directory of volume pvc-/,
    );
    await kubectl('delete', 'pvc', 'retain');
    assert.ok(existsSync(join(data, 'claims/default/retain/written')));
  });
});
