import assert from 'node:assert/strict';
import { test } from 'node:test';
import { events } from '../../src/kube/resources.ts';
import { chart } from '../chart/testing/render-chart.ts';
import { eventually } from '../testing/kubectl.ts';
import { type BusyVolume, openBusyVolume } from './busy-volume.ts';
import { grantedRights, missingRights, readAuditLog, unusedRights } from './chart-rights.ts';
import type { KubeletWorld } from './kubelet-world.ts';
import { nodeDaemonSet } from './node-plugin.ts';

const kinds = [
  ...['csidriver', 'deployment', 'daemonset', 'job', 'service', 'serviceaccount', 'poddisruptionbudget'],
  ...['role', 'rolebinding', 'clusterrole', 'clusterrolebinding'],
].join();
const usersNamespaces = 'kubernetes.io/metadata.name notin (default,kube-system,kube-public,kube-node-lease)';

/** The life of a release from its first upgrade to its end: the last scenarios of a cluster, in their order. */
export function chartScenarios(world: () => KubeletWorld): void {
  let opened: Promise<BusyVolume> | undefined;
  const volumeInUse = () => {
    opened ??= openBusyVolume(world());
    return opened;
  };

  test('helm upgrade renews controller and node plugin under a volume in use', async () => {
    const { helm, kubectl } = world();
    const volume = await volumeInUse();
    const pods = () => kubectl('get', 'pods', '-n', 'kube-system', '-o', 'jsonpath={.items[*].metadata.uid}');
    const before = (await pods()).split(' ');
    const changes = ['--set', 'controller.logLevel=debug', '--set', 'node.logLevel=debug'];
    // What other scenarios changed by hand is taken back.
    const done = await helm('upgrade', chart, '--values', '-', ...changes, '--force-conflicts', '--wait');
    assert.equal(done.exitCode, 0, done.stderr);
    const now = await eventually(pods, (uids) => !before.some((uid) => uids.includes(uid)));
    assert.equal(now.split(' ').length, 2);
    await volume.writesOn();
  });

  test('helm uninstall is refused while a volume exists, names it and its claim, and harms nothing', async () => {
    const { helm, kubectl } = world();
    const volume = await volumeInUse();
    const done = await helm('uninstall');
    assert.notEqual(done.exitCode, 0);
    const claim = `claim ${volume.claim.namespace}/${volume.claim.name}`;
    assert.ok((done.stdout + done.stderr).includes(claim), done.stdout + done.stderr);
    await kubectl('rollout', 'status', ...nodeDaemonSet);
    await volume.writesOn();
    // Helm holds the release for half uninstalled now, and upgrades it no more before this.
    const back = await helm('rollback', '2', '--wait');
    assert.equal(back.exitCode, 0, back.stderr);
    assert.match((await helm('status')).stdout, /^STATUS: deployed$/m);
    await volume.writesOn();
  });

  test('no volume was ever told to be unwell, but for the one that was made so', async () => {
    const { items } = await world().client.list(events, {
      namespace: 'default',
      fieldSelector: 'reason=VolumeConditionAbnormal',
    });
    const [message, ...others] = new Set(items.map((event) => event.message));
    assert.match(message ?? '', /: it is mounted read-only, not read-write$/);
    assert.deepEqual(others, []);
    assert.equal(new Set(items.map(({ involvedObject }) => involvedObject.name)).size, 1);
  });

  test('every right of every role was used, and none was missing', async () => {
    const rights = await grantedRights(world().client);
    assert.ok(rights.length > 10);
    const log = await readAuditLog(world().cluster.auditLog);
    assert.deepEqual(missingRights(rights, log), []);
    assert.deepEqual(unusedRights(rights, log), []);
  });

  test('once no volume is left helm uninstall takes everything away', async () => {
    const { helm, kubectl } = world();
    const volume = await volumeInUse();
    await volume.removePod();
    await kubectl('delete', 'namespaces', `--selector=${usersNamespaces}`, '--timeout=90s');
    await kubectl('delete', 'persistentvolumes', '--all', '--timeout=90s');
    const done = await helm('uninstall', '--wait');
    assert.equal(done.exitCode, 0, done.stderr + done.stdout);
    const ofRelease = ['-A', '-l', 'app.kubernetes.io/instance=berth', '-o', 'name'];
    assert.equal(await kubectl('get', kinds, ...ofRelease), '');
    await eventually(
      () => kubectl('get', 'csinodes', '-o', 'jsonpath={.items[*].spec.drivers[*].name}'),
      (names) => names === '',
    );
  });
}
