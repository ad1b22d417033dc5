import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { openCloudView } from '../../demo/cloud-view.ts';
import { systemClock } from '../../src/async/clock.ts';
import { upstreamMounts } from '../../src/drivers/azure-lustre/testing/upstream-rules.ts';
import {
  type UpstreamVolumeSource,
  upstreamVolumes,
} from '../../src/drivers/azure-lustre/testing/upstream-volumes.ts';
import { parseMountinfo } from '../../src/mount/mountinfo.ts';
import { eventually, openKubectl } from '../testing/kubectl.ts';
import { openedForSuite } from '../testing/opened-for-suite.ts';
import { mountRefusal, startSandbox } from '../testing/sandbox.ts';
import { findTool } from '../tools/find-tool.ts';
import { newestKubectl } from '../tools/tools.ts';
import { makeUpstreamFileSystem } from './upstream-file-system.ts';
import { mountOptions, upstreamObjects } from './upstream-objects.ts';

const found = findTool(newestKubectl);
const skip = 'missing' in found ? found.missing : (mountRefusal() ?? false);
const dynamicName = 'pvc-11111111-2222-4333-8444-555555555555';

suite('a cluster that upstream left behind: its volumes of every form, taken over', { skip }, () => {
  const opened = openedForSuite(async (t) => {
    assert.ok('path' in found);
    const sandbox = await startSandbox(t, ['--time-scale', '2000']);
    const { mgsAddress, resourceGroup } = sandbox.info.clouds.azure;
    const own = await makeUpstreamFileSystem(sandbox, dynamicName, 'dynamic');
    const dynamic = { name: dynamicName, resourceGroup, mgsAddress: own };
    const ca = await readFile(sandbox.info.caFile, 'utf8');
    return {
      sandbox,
      volumes: upstreamVolumes(mgsAddress, dynamic),
      kubectl: openKubectl(found.path, sandbox.info.kubeconfig),
      cloud: openCloudView(sandbox.info.clouds.azure, ca, systemClock),
      data: (address: string) => join(sandbox.stateDir, 'lustre', address, 'data'),
    };
  });

  const mounts = async () => {
    const table = parseMountinfo(await readFile('/proc/self/mountinfo', 'utf8'));
    return table.filter(({ mountPoint }) => mountPoint.includes(opened().sandbox.stateDir));
  };
  const mountOf = async ({ form }: UpstreamVolumeSource) =>
    (await mounts()).filter(({ mountPoint }) => mountPoint.includes(`/kubernetes.io~csi/pv-${form}/`));
  const shared = () => opened().sandbox.info.clouds.azure.mgsAddress;

  test('pods mount them, each from where upstream had it', async () => {
    const { volumes, kubectl, data } = opened();
    const documents = volumes.flatMap(upstreamObjects).map((object) => JSON.stringify(object));
    const applied = await kubectl.withInput(documents.join('\n---\n'), 'apply', '-f', '-');
    assert.equal(applied.exitCode, 0, applied.stderr);
    await kubectl('wait', '--for=condition=Ready', 'pod', '--all', '--timeout=80s');
    for (const volume of volumes) {
      const expected = upstreamMounts(volume.volumeAttributes, mountOptions, false);
      const standing = await mountOf(volume);
      assert.deepEqual(
        standing.map(({ source }) => source),
        [expected?.source],
        volume.form,
      );
    }
    const written = await readdir(data(shared()), { recursive: true });
    for (const path of [
      'written-by-hand-written',
      'projects/written-by-hand-written-upper-case',
      'written-by-three-fields',
      'a/b/written-by-four-fields',
      'five/written-by-five-fields',
      'written-by-six-fields',
    ])
      await eventually(
        () => readdir(data(shared()), { recursive: true }),
        (names) => names.includes(path),
        10_000,
      ).catch(() => assert.fail(`${path} is not in ${written}`));
  });

  test('without the pods nothing is mounted any more', async () => {
    const { kubectl } = opened();
    await kubectl('delete', 'pod', '--all', '--grace-period=1');
    await eventually(
      async () => (await mounts()).filter(({ mountPoint }) => mountPoint.includes('/kubernetes.io~csi/')),
      ({ length }) => length === 0,
    );
  });

  test('without the claims the file system of its own is gone, and nothing else', async () => {
    const { volumes, kubectl, cloud, data } = opened();
    const before = await readdir(data(shared()), { recursive: true });
    await kubectl('delete', 'pvc', '--all');
    const names = () => kubectl('get', 'pv', '-o', 'jsonpath={.items[*].metadata.name}');
    const kept = volumes.filter(({ form }) => form.startsWith('hand-written'));
    await eventually(names, (left) => left.trim().split(' ').length === kept.length);
    assert.equal(
      await names(),
      kept
        .map(({ form }) => `pv-${form}`)
        .sort()
        .join(' '),
    );
    const fileSystems = await cloud.list();
    assert.equal(
      fileSystems.some(({ name }) => name === dynamicName),
      false,
    );
    assert.ok(fileSystems.some(({ properties }) => properties.clientInfo?.mgsAddress === shared()));
    assert.deepEqual(await readdir(data(shared()), { recursive: true }), before);
  });
});
