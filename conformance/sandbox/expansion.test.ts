import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { berth } from '../testing/berth.ts';
import { eventually, openKubectl } from '../testing/kubectl.ts';
import { openedForSuite } from '../testing/opened-for-suite.ts';
import { startSandbox } from '../testing/sandbox.ts';
import { findTool } from '../tools/find-tool.ts';
import { newestKubectl } from '../tools/tools.ts';

const tool = findTool(newestKubectl);
const skip = 'missing' in tool ? tool.missing : false;

const manifest = (name: string, size: string, more = '') => `
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: ${name}}
provisioner: azurelustre.csi.azure.com
allowVolumeExpansion: true
parameters:
  sku-name: AMLFS-Durable-Premium-125
  zone: "1"
  maintenance-day-of-week: Sunday
  maintenance-time-of-day-utc: "22:00"
  ${more}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: ${name}}
spec:
  accessModes: [ReadWriteMany]
  storageClassName: ${name}
  resources: {requests: {storage: ${size}}}
`;

suite('a claim in the sandbox whose size is edited with kubectl, or whose file system suffers', {
  skip,
}, () => {
  const world = openedForSuite(async (t) => {
    const sandbox = await startSandbox(t, ['--time-scale', '300']);
    assert.ok('path' in tool);
    const kubectl = openKubectl(tool.path, sandbox.info.kubeconfig);
    const apply = async (text: string) => {
      const done = await kubectl.withInput(text, 'apply', '-f', '-');
      assert.equal(done.exitCode, 0, done.stderr);
    };
    /** `Reason: message` of the events of a claim. */
    const told = async (claim: string) =>
      (
        await kubectl(
          ...['get', 'events', '--field-selector', `involvedObject.name=${claim}`],
          ...['-o', 'jsonpath={range .items[*]}{.reason}: {.message}{"\\n"}{end}'],
        )
      ).split('\n');
    const capacity = (claim: string) =>
      kubectl('get', 'pvc', claim, '-o', 'jsonpath={.status.capacity.storage}');
    const ask = (claim: string, storage: string) =>
      kubectl.tried(
        'patch',
        'pvc',
        claim,
        '--type=merge',
        '-p',
        JSON.stringify({ spec: { resources: { requests: { storage } } } }),
      );
    const fault = async (...words: string[]) => {
      const done = await berth(['sandbox', 'faults', 'set', '--state-dir', sandbox.stateDir, ...words]);
      assert.equal(done.exitCode, 0, done.stderr);
    };
    const clearFaults = () => berth(['sandbox', 'faults', 'clear', '--state-dir', sandbox.stateDir]);
    return { kubectl, apply, told, capacity, ask, fault, clearFaults };
  });

  test('is told what rounding costs, then percentage and time left, then the rebalance; a shrink is refused', async () => {
    const { apply, told, capacity, ask } = world();
    await apply(manifest('grows', '1Gi'));
    await eventually(
      () => capacity('grows'),
      (size) => size === '16Ti',
    );
    assert.ok(
      (await told('grows')).some((line) => line.startsWith('VolumeSizeRoundedUp: 1 GiB becomes 16 TiB')),
    );

    await ask('grows', '20Ti');
    await eventually(
      () => capacity('grows'),
      (size) => size === '32Ti',
    );
    const lines = await eventually(
      () => told('grows'),
      (all) => all.some((line) => line.endsWith('over what the expansion has added: over')),
    );
    for (const wanted of [
      /^VolumeSizeRoundedUp: 20 TiB becomes 32 TiB, which is what Azure bills/,
      /^ResizingProgress: Azure is expanding AMLFS cluster pvc-\S+ to 32 TiB: \d+ %/,
      /^VolumeResizeSuccessful: /,
    ])
      assert.ok(
        lines.some((line) => wanted.test(line)),
        `${wanted}: ${lines.join('\n')}`,
      );
    const shrunk = await ask('grows', '16Ti');
    assert.notEqual(shrunk.exitCode, 0);
    assert.match(shrunk.stderr, /can not be less than/);
  });

  test('is told why Azure failed, and gets it by the next try', async () => {
    const { apply, told, capacity, ask, fault } = world();
    await apply(manifest('fails', '16Ti'));
    await eventually(
      () => capacity('fails'),
      (size) => size === '16Ti',
    );
    await fault('lro-failure', 'operation=expansion', 'code=NoCapacity', 'atPercent=10');
    await ask('fails', '32Ti');
    await eventually(
      () => capacity('fails'),
      (size) => size === '32Ti',
    );
    const failure = (await told('fails')).find((line) => line.startsWith('VolumeResizeFailed'));
    assert.match(failure ?? '', /job expand-to-32tib failed \(NoCapacity/);
  });

  test('is refused what max-rounding and the SKU do not allow, and nothing is begun', async () => {
    const { apply, told, capacity, ask } = world();
    await apply(manifest('strict', '16Ti', 'max-rounding: "1.5"'));
    await eventually(
      () => capacity('strict'),
      (size) => size === '16Ti',
    );
    await ask('strict', '17Ti');
    await eventually(
      () => told('strict'),
      (lines) => lines.some((line) => /max-rounding allows at most 1\.5 times/.test(line)),
    );
    await ask('strict', '200Ti');
    await eventually(
      () => told('strict'),
      (lines) => lines.some((line) => /exceeds maximum capacity/.test(line)),
    );
    assert.equal(await capacity('strict'), '16Ti');
    assert.equal(
      (await told('strict')).some((line) => line.startsWith('ResizingProgress')),
      false,
    );
  });

  test('is told that its file system is not well, and when it is well again', async () => {
    const { apply, told, capacity, fault, clearFaults } = world();
    await apply(manifest('suffers', '16Ti'));
    await eventually(
      () => capacity('suffers'),
      (size) => size === '16Ti',
    );
    await fault('unhealthy', 'state=Degraded');
    const sees = (wanted: RegExp) =>
      eventually(
        () => told('suffers'),
        (lines) => lines.some((line) => wanted.test(line)),
      );
    await sees(/^VolumeConditionAbnormal: AMLFS cluster pvc-\S+ is Degraded /);
    await clearFaults();
    await sees(/^VolumeConditionNormal: AMLFS cluster pvc-\S+ is Available /);
    await fault('mgs-moved', 'address=10.0.0.77');
    await sees(/^VolumeConditionAbnormal: .*its MGS address is 10\.0\.0\.77 now/);
    await clearFaults();
  });
});
