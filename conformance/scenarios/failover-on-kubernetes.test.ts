import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { signalProcess } from '../../src/mount/process-record.ts';
import { controlPlaneRefusal } from '../control-plane/open-control-plane.ts';
import { eventually } from '../testing/kubectl.ts';
import { openedForSuite } from '../testing/opened-for-suite.ts';
import { failoverScenario } from './failover-scenario.ts';
import { steps } from './provisioning-world.ts';
import { openRealWorld } from './real-world.ts';

suite('two controllers on a real control plane', { skip: controlPlaneRefusal() }, () => {
  const world = openedForSuite((t) =>
    openRealWorld(t, { timeScale: 360, replicas: ['controller-0', 'controller-1'] }),
  );
  const step = steps(world);

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

  failoverScenario(world);
});
