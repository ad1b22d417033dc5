import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeClock } from '../async/testing/fake-clock.ts';
import { silentLog } from '../telemetry/log.ts';
import { KubeConnectionError } from './client.ts';
import { LeadershipLostError, runAsLeader } from './leader-election.ts';
import { leases } from './resources.ts';
import { createFakeCluster } from './testing/fake-cluster.ts';

const leaseName = { namespace: 'kube-system', name: 'driver' };

function election() {
  const cluster = createFakeCluster();
  const clock = createFakeClock();
  const leading: string[] = [];
  /** Who took the lease from one that had not given it back. */
  const seizures: string[] = [];
  /** A candidate whose work lasts until it is told to end. */
  const stand = (identity: string, { ignoresAbort = false } = {}) => {
    const stop = new AbortController();
    const result = runAsLeader({
      ...leaseName,
      client: cluster.client,
      identity,
      clock,
      random: () => 0,
      log: silentLog,
      signal: stop.signal,
      lead: async (signal, { afterAnother }) => {
        leading.push(identity);
        if (afterAnother) seizures.push(identity);
        await new Promise<void>((resolve) => {
          if (!ignoresAbort) signal.addEventListener('abort', () => resolve(), { once: true });
        });
        leading.splice(leading.indexOf(identity), 1);
      },
    });
    // Observed below; a rejection before that must not end the test run.
    result.catch(() => {});
    return { stop, result };
  };
  const lease = () => cluster.find(leases, leaseName);
  return { cluster, clock, leading, seizures, stand, lease };
}

test('one candidate leads; when it stops it gives the lease back and the next leads at its next try', async () => {
  const { clock, leading, seizures, stand, lease } = election();
  const first = stand('first');
  await clock.advance(0);
  stand('second');
  await clock.advance(60_000);
  assert.deepEqual(leading, ['first']);
  first.stop.abort();
  await first.result;
  assert.equal(lease()?.spec?.holderIdentity, '');
  await clock.advance(6_000);
  assert.deepEqual(leading, ['second']);
  assert.deepEqual(seizures, []);
  assert.equal(lease()?.spec?.leaseTransitions, 2 - 1);
});

test('the lease has the form that other clients expect', async () => {
  const { clock, stand, lease } = election();
  stand('first');
  await clock.advance(0);
  assert.deepEqual(lease()?.spec, {
    holderIdentity: 'first',
    leaseDurationSeconds: 15,
    acquireTime: '2026-01-01T00:00:00.000000Z',
    renewTime: '2026-01-01T00:00:00.000000Z',
    leaseTransitions: 0,
  });
});

test('a leader that vanished is replaced after its lease has been seen unchanged for its whole duration, and its heir is told', async () => {
  const { cluster, clock, leading, seizures, stand } = election();
  cluster.put(leases, {
    metadata: leaseName,
    // The vanished leader's clock was an hour ahead: only differences of our own clock count.
    spec: { holderIdentity: 'gone', leaseDurationSeconds: 15, renewTime: '2026-01-01T01:00:00.000000Z' },
  });
  stand('next');
  await clock.advance(14_999);
  assert.deepEqual(leading, []);
  await clock.advance(1);
  assert.deepEqual(leading, ['next']);
  assert.deepEqual(seizures, ['next']);
});

test('a leader cut off from the server stops working before another may start', async () => {
  const { cluster, clock, leading, stand } = election();
  const leader = stand('first');
  await clock.advance(0);
  cluster.intercept.before = () => {
    throw new KubeConnectionError('cut off');
  };
  await clock.advance(9_999);
  assert.deepEqual(leading, ['first']);
  await clock.advance(1);
  assert.deepEqual(leading, []);
  await assert.rejects(leader.result, LeadershipLostError);
});

test('work that does not stop after a loss is not waited for beyond the lease, so that the process can be ended', async () => {
  const { cluster, clock, stand } = election();
  const leader = stand('first', { ignoresAbort: true });
  await clock.advance(0);
  cluster.intercept.before = () => {
    throw new KubeConnectionError('cut off');
  };
  await clock.advance(14_999);
  const before = await Promise.race([leader.result.catch(() => 'lost'), Promise.resolve('waiting')]);
  assert.equal(before, 'waiting');
  await clock.advance(1);
  await assert.rejects(leader.result, LeadershipLostError);
});

test('a leader that sees another holder stops at once', async () => {
  const { cluster, clock, leading, stand, lease } = election();
  const leader = stand('first');
  await clock.advance(0);
  const stolen = lease();
  assert(stolen);
  cluster.put(leases, { ...stolen, spec: { ...stolen.spec, holderIdentity: 'thief' } });
  await clock.advance(5_000);
  assert.deepEqual(leading, []);
  await assert.rejects(leader.result, LeadershipLostError);
});

test('a renewal lost to a harmless conflict or a short outage does not end leadership', async () => {
  const { cluster, clock, leading, stand } = election();
  stand('first');
  await clock.advance(0);
  let failing = 3;
  cluster.intercept.before = () => {
    if (failing-- > 0) throw new KubeConnectionError('hiccup');
  };
  await clock.advance(60_000);
  assert.deepEqual(leading, ['first']);
});

test('what the work throws is thrown, and the lease is given back', async () => {
  const { cluster, clock, lease } = election();
  const failing = runAsLeader({
    ...leaseName,
    client: cluster.client,
    identity: 'x',
    clock,
    random: () => 0,
    log: silentLog,
    signal: new AbortController().signal,
    lead: () => Promise.reject(new Error('work failed')),
  });
  await assert.rejects(failing, /work failed/);
  assert.equal(lease()?.spec?.holderIdentity, '');
});
