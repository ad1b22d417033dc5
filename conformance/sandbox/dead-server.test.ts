import assert from 'node:assert/strict';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { setLustreFaults } from '../../src/sandbox/lustre/lustre-faults.ts';
import { eventually, type Kubectl, openKubectl } from '../testing/kubectl.ts';
import { mountRefusal, startSandbox, type TestSandbox } from '../testing/sandbox.ts';
import { findTool } from '../tools/find-tool.ts';
import { newestKubectl } from '../tools/tools.ts';

const tool = findTool(newestKubectl);
const skip = 'missing' in tool ? tool.missing : (mountRefusal() ?? false);

/** A second file system beside the sandbox's own, with a server of its own. */
const secondAddress = '127.88.0.77';

/** A hand-written volume of the file system at an address, its claim, and a pod that writes there. */
const objects = (name: string, mgsAddress: string) => [
  {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name },
    spec: {
      capacity: { storage: '1Ti' },
      accessModes: ['ReadWriteMany'],
      persistentVolumeReclaimPolicy: 'Retain',
      csi: {
        driver: 'azurelustre.csi.azure.com',
        volumeHandle: name,
        volumeAttributes: { 'mgs-ip-address': mgsAddress },
      },
    },
  },
  {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name },
    spec: {
      accessModes: ['ReadWriteMany'],
      storageClassName: '',
      volumeName: name,
      resources: { requests: { storage: '1Ti' } },
    },
  },
  {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: {
      containers: [
        {
          name: 'main',
          image: 'busybox',
          command: ['sh', '-c', `echo ${name} >/data/${name} && sleep 3600`],
          volumeMounts: [{ name: 'data', mountPath: '/data' }],
        },
      ],
      volumes: [{ name: 'data', persistentVolumeClaim: { claimName: name } }],
    },
  },
];

suite('a Lustre server that says nothing', { skip }, () => {
  let sandbox: TestSandbox;
  let kubectl: Kubectl;
  const cleanups: (() => Promise<void>)[] = [];
  before(async () => {
    assert.ok('path' in tool);
    sandbox = await startSandbox({ after: (done) => cleanups.push(done) });
    kubectl = openKubectl(tool.path, sandbox.info.kubeconfig);
    await mkdir(join(sandbox.stateDir, 'lustre', secondAddress, 'data'), { recursive: true });
  });
  after(async () => {
    for (const cleanup of cleanups) await cleanup();
  });

  const apply = async (name: string, mgsAddress: string) => {
    const items = objects(name, mgsAddress);
    const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
    const done = await kubectl.withInput(list, 'apply', '-f', '-');
    assert.equal(done.exitCode, 0, done.stderr);
  };
  const phase = (pod: string) => kubectl('get', 'pod', pod, '-o', 'jsonpath={.status.phase}');
  const runs = (pod: string) =>
    eventually(
      () => phase(pod),
      (answer) => answer === 'Running',
    );
  const mounted = async () =>
    (await readFile('/proc/self/mountinfo', 'utf8'))
      .split('\n')
      .filter((line) => line.includes(join(sandbox.stateDir, 'node')) && line.includes('@tcp:/lustrefs'));

  test('delays its own pods only; the mount helper it left behind mounts late and is undone', async () => {
    const { mgsAddress } = sandbox.info.clouds.azure;
    await setLustreFaults(sandbox.stateDir, { hang: mgsAddress });
    await apply('unlucky', mgsAddress);
    await eventually(
      async () => (await kubectl.tried('get', 'events', '-o', 'jsonpath={.items[*].message}')).stdout,
      (text) => text.includes('unlucky'),
    );
    // While one mount hangs, others are made and taken away.
    for (const name of ['lucky-1', 'lucky-2']) {
      await apply(name, secondAddress);
      await runs(name);
      assert.equal(await phase('unlucky'), 'Pending');
    }
    await kubectl('delete', 'pod', 'lucky-1', '--grace-period=1');
    assert.equal(await phase('unlucky'), 'Pending');
    assert.equal((await mounted()).length, 1);

    await setLustreFaults(sandbox.stateDir, {});
    await runs('unlucky');
    const data = join(sandbox.stateDir, 'lustre', mgsAddress, 'data/unlucky');
    await eventually(
      () => readFile(data, 'utf8').catch(() => ''),
      (text) => text === 'unlucky\n',
    );
    for (const name of ['unlucky', 'lucky-2']) await kubectl('delete', 'pod', name, '--grace-period=1');
    await eventually(mounted, (lines) => lines.length === 0);
  });
});
