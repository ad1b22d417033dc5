import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KubeConnectionError } from '../kube/client.ts';
import { LeadershipLostError } from '../kube/leader-election.ts';
import { events, leases } from '../kube/resources.ts';
import { createWorld } from './testing/provisioner-world.ts';

test('of two replicas one works; the other takes over when it stops', async (context) => {
  const world = createWorld(context);
  const leaderElection = { client: world.cluster.client, namespace: 'kube-system' };
  const first = world.start({ leaderElection });
  await world.settle();
  world.start({ leaderElection, identity: 'pod-2', random: () => 0.25 });
  world.addClaim();
  await world.settle(10_000);
  assert.equal(world.controller.creates.length, 1);
  const holders = () =>
    world.cluster.all(leases).map(({ metadata, spec }) => [metadata.name, spec?.holderIdentity]);
  assert.deepEqual(
    holders().map(([name]) => name),
    ['test-csi-example', 'external-resizer-test-csi-example'],
  );
  assert(holders().every(([, holder]) => holder?.startsWith('pod-1_')));

  first.stop.abort();
  await first.ended;
  await world.settle(10_000);
  assert(holders().every(([, holder]) => holder?.startsWith('pod-2_')));
  await world.removeClaim();
  await world.settle();
  assert.equal(world.controller.volumes.size, 0);
});

test('a process killed and started again under the name of its pod goes on at once', async (context) => {
  const world = createWorld(context);
  const leaderElection = { client: world.cluster.client, namespace: 'kube-system', holder: 'pod-1' };
  for (const name of ['test-csi-example', 'external-resizer-test-csi-example'])
    world.cluster.put(leases, {
      metadata: { namespace: 'kube-system', name },
      spec: { holderIdentity: 'pod-1', leaseDurationSeconds: 15 },
    });
  world.start({ leaderElection });
  world.addClaim();
  await world.settle();
  assert.equal(world.claim()?.status?.phase, 'Bound');
});

test('a replica that can no longer renew its lease ends, so that it can be started again', async (context) => {
  const world = createWorld(context);
  const leaderElection = { client: world.cluster.client, namespace: 'kube-system' };
  const { ended } = world.start({ leaderElection });
  await world.settle();
  world.cluster.intercept.before = ({ resource }) => {
    if (resource === 'leases') throw new KubeConnectionError('cut');
  };
  const lost = assert.rejects(ended, LeadershipLostError);
  await world.settle(20_000);
  await lost;
});

test('progress of a driver becomes one event on the claim, whose text changes', async (context) => {
  const world = createWorld(context);
  world.controller.faults.beforeCreate = async (request) => {
    const report = { volume: request.name, phase: 'creating', message: 'creating' } as const;
    world.relay.sink({ ...report, percent: 10, elapsedMs: 60_000 });
    await world.clock.sleep(30_000);
    world.relay.sink({ ...report, percent: 60, elapsedMs: 360_000 });
  };
  world.start();
  world.addClaim();
  await world.settle();
  assert(world.told().includes('ProvisioningProgress: creating: 10 % (1 min 0 s)'));
  await world.settle(30_000);
  await world.settle();
  const progress = world.cluster.all(events).filter(({ reason }) => reason === 'ProvisioningProgress');
  assert.deepEqual(
    progress.map(({ message, count }) => [message, count]),
    [['creating: 60 % (6 min 0 s)', 2]],
  );
  assert.match(progress[0]?.source?.component ?? '', /^test\.csi\.example_pod-1_[0-9a-f]+$/);
});

test('events that are still to be written when the program stops are written', async (context) => {
  const world = createWorld(context);
  const { stop, ended } = world.start();
  world.addClaim();
  while (world.volume() === undefined) await world.clock.advance(0);
  stop.abort();
  await ended;
  assert(world.told().some((text) => text.startsWith('ProvisioningSucceeded:')));
});
