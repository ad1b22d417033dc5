import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { leaseName } from '../../src/kube/lease-name.ts';
import { leases, persistentVolumeClaims, persistentVolumes } from '../../src/kube/resources.ts';
import { signalProcess } from '../../src/mount/process-record.ts';
import { controlPlaneRefusal } from '../control-plane/open-control-plane.ts';
import { eventually } from '../testing/kubectl.ts';
import { openedForSuite } from '../testing/opened-for-suite.ts';
import { driver, steps } from './provisioning-world.ts';
import { openRealWorld } from './real-world.ts';

const CLAIMS = 200;
/** Of the Lease, defaultLeaseTiming; and what the rest of the claims takes. */
const PATIENCE_MS = 60_000;

suite('two controllers on a real control plane', { skip: controlPlaneRefusal() }, () => {
  const world = openedForSuite((t) =>
    openRealWorld(t, { timeScale: 360, replicas: ['controller-0', 'controller-1'] }),
  );
  const step = steps(world);
  const leader = async () => {
    const lease = { namespace: 'kube-system', name: leaseName(driver) };
    const found = await world()
      .client.get(leases, lease)
      .catch(() => undefined);
    return found?.spec?.holderIdentity ?? '';
  };
  const bound = async (namespace: string) => {
    const { items } = await world().client.list(persistentVolumeClaims, { namespace });
    return items.filter(({ status }) => status?.phase === 'Bound').length;
  };

  test('an API server killed during a create costs no file system and no claim', async () => {
    const claim = await step.claim(await step.namespace(), await step.storageClass());
    await eventually(
      () => step.fileSystemsOf(claim),
      ({ length }) => length === 1,
    );
    const server = world().cluster.processOf('kube-apiserver');
    assert.ok(server && signalProcess(server, 'SIGKILL'));
    const isBound = () =>
      step.findClaim(claim).then(
        (found) => found?.status?.phase === 'Bound',
        () => false,
      );
    await eventually(isBound, (done) => done);
    assert.equal((await step.fileSystemsOf(claim)).length, 1);
  });

  test(`the leader lost while ${CLAIMS} claims are pending: the other makes the rest, each once`, async () => {
    const namespace = await step.namespace();
    const lost = await eventually(leader, (name) => name !== '');
    const storageClass = await step.storageClass({
      parameters: { 'fs-name': 'lustrefs', 'mgs-ip-address': world().mgsAddress },
    });
    const making = Promise.all(Array.from({ length: CLAIMS }, () => step.claim(namespace, storageClass)));
    await eventually(
      () => bound(namespace),
      (count) => count > 0,
    );
    await world().loseReplica(lost);
    await making;
    assert.ok((await bound(namespace)) < CLAIMS, 'some were left for the other');
    await eventually(
      () => bound(namespace),
      (count) => count === CLAIMS,
      PATIENCE_MS,
    );
    assert.notEqual(await leader(), lost);
    const volumes = (await world().client.list(persistentVolumes)).items.filter(
      ({ spec }) => spec.claimRef?.namespace === namespace,
    );
    assert.equal(volumes.length, CLAIMS);
  });
});
