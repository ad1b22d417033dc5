import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { openCloudView } from '../../demo/cloud-view.ts';
import { systemClock } from '../../src/async/clock.ts';
import { repository } from '../testing/berth.ts';
import { eventually, type Kubectl, openKubectl } from '../testing/kubectl.ts';
import { mountRefusal, startSandbox, type TestSandbox } from '../testing/sandbox.ts';
import { findTool } from '../tools/find-tool.ts';
import { newestKubectl } from '../tools/tools.ts';

const examples = join(repository, 'examples/azure-lustre');
const found = findTool(newestKubectl);
const skip = 'missing' in found ? found.missing : (mountRefusal() ?? false);

suite('kill -9 in the middle of a create and of a mount', { skip }, () => {
  let sandbox: TestSandbox;
  let kubectl: Kubectl;
  const cleanups: (() => Promise<void>)[] = [];
  before(async () => {
    // A create takes about seven seconds: long enough to kill it half-way.
    sandbox = await startSandbox({ after: (done) => cleanups.push(done) }, ['--time-scale', '100']);
    assert.ok('path' in found);
    kubectl = openKubectl(found.path, sandbox.info.kubeconfig);
    await kubectl('apply', '-f', join(examples, 'storageclass_dynprov_lustre.yaml'));
  });
  after(async () => {
    for (const cleanup of cleanups) await cleanup();
  });

  const cloud = async () =>
    openCloudView(sandbox.info.clouds.azure, await readFile(sandbox.info.caFile, 'utf8'), systemClock);
  const created = async () => (await (await cloud()).list()).filter(({ name }) => name.startsWith('pvc-'));
  const pidOf = async (name: string) => {
    const pid = (await sandbox.status()).pids?.[name];
    assert.ok(pid, `no process ${name}`);
    return pid;
  };
  const kill = async (name: string) => process.kill(await pidOf(name), 'SIGKILL');
  const claimPhase = () => kubectl('get', 'pvc', 'pvc-lustre-dynprov', '-o', 'jsonpath={.status.phase}');
  const stateMounts = async () => {
    const mounts = (await readFile('/proc/self/mountinfo', 'utf8')).split('\n');
    return mounts.filter((line) => line.includes(sandbox.stateDir) && line.includes('/kubernetes.io~csi/'));
  };

  for (const victim of ['controller', 'sandbox'] as const) {
    test(`${victim} killed while a file system is being made: one file system, the claim Bound`, async () => {
      await kubectl('apply', '-f', join(examples, 'pvc_storageclass_dynprov.yaml'));
      await eventually(created, (list) => list.length === 1);
      await kill(victim);
      if (victim === 'sandbox') sandbox = { ...sandbox, info: await sandbox.start() };
      await eventually(claimPhase, (phase) => phase === 'Bound');
      assert.equal((await created()).length, 1);
      await kubectl('delete', 'pvc', 'pvc-lustre-dynprov');
      await eventually(created, (list) => list.length === 0);
    });
  }

  for (const victim of ['node', 'sandbox'] as const) {
    test(`${victim} killed while a pod’s volume is being mounted: the pod runs, one mount, none after it is gone`, async () => {
      await kubectl('apply', '-f', join(examples, 'pvc_storageclass_dynprov.yaml'));
      await eventually(claimPhase, (phase) => phase === 'Bound');
      await kubectl('apply', '-f', join(examples, 'pod_echo_date_dynprov.yaml'));
      await kill(victim);
      if (victim === 'sandbox') sandbox = { ...sandbox, info: await sandbox.start() };
      await kubectl('wait', '--for=condition=Ready', 'pod/lustre-echo-date-dynprov', '--timeout=60s');
      assert.equal((await stateMounts()).length, 1);
      await kubectl('delete', 'pod', 'lustre-echo-date-dynprov', '--grace-period=1');
      await eventually(stateMounts, (mounts) => mounts.length === 0);
      await kubectl('delete', 'pvc', 'pvc-lustre-dynprov');
      await eventually(created, (list) => list.length === 0);
    });
  }
});
