import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createFakeClock, type FakeClock } from '../../async/testing/fake-clock.ts';
import type { VolumeBackend } from '../../csi/driver.ts';
import { CsiError, retryableCodes } from '../../csi/errors.ts';
import { createIdempotently } from '../../csi/idempotent-create.ts';
import { silentLog } from '../../telemetry/log.ts';
import type { ControllerPorts, Tenure } from '../driver-module.ts';
import { createEfsBackend } from './controller.ts';
import { createCall, createRequest, openShiftParameters, setUpEfs } from './testing/efs-setup.ts';
import { createFakeEfs, type FakeEfs, type Fault } from './testing/fake-efs.ts';

const parameters = { ...openShiftParameters, gidRangeStart: '50000', gidRangeEnd: '60000' };
const nameOf = (index: number) => `pvc-00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;

/** A number generator with a seed, so that a failing run can be repeated (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Asks for a volume as a provisioner does: again and again, for as long as the answer is one that is retried. */
async function provision(
  backend: VolumeBackend,
  index: number,
  clock: FakeClock,
  call = createCall(),
): Promise<string> {
  let last: unknown;
  for (let attempt = 0; attempt < 100; attempt++) {
    try {
      const request = createRequest({ name: nameOf(index), parameters });
      return (await createIdempotently(backend, request, call, clock)).id;
    } catch (error) {
      assert.ok(error instanceof CsiError && retryableCodes.has(error.code), String(error));
      if (call.signal.aborted) throw error;
      last = error;
      await clock.sleep(500);
    }
  }
  return assert.fail(`volume ${index} was never made: ${last}`);
}

async function inParallel(
  indices: readonly number[],
  width: number,
  work: (index: number) => Promise<unknown>,
) {
  const queue = indices.values();
  await Promise.all(
    Array.from({ length: width }, async () => {
      for (const index of queue) await work(index);
    }),
  );
}

function assertAllDifferent(efs: FakeEfs, volumes: number) {
  const points = [...efs.accessPoints.values()];
  const gids = new Set(points.map(({ posixUser }) => posixUser?.gid));
  const tokens = new Set(points.map(({ clientToken }) => clientToken));
  assert.equal(points.length, volumes);
  assert.equal(gids.size, volumes, 'every volume has a GID of its own');
  assert.equal(tokens.size, volumes, 'every volume has one access point');
}

const newController = (efs: FakeEfs, clock: FakeClock, ports: Partial<ControllerPorts> = {}) =>
  createEfsBackend({
    clock,
    log: silentLog,
    azure: () => Promise.reject(new Error('not a cloud of this driver')),
    aws: async () => ({ region: 'eu-central-1', efs: () => efs }),
    ...ports,
  });

describe('access-point allocation', () => {
  test('10,000 volumes by 100 at once, with lost answers, throttles, failures and lag, have 10,000 GIDs', async () => {
    const random = seeded(20_260);
    const clock = createFakeClock();
    const faults: readonly Fault[] = [
      { kind: 'unavailable', when: 'after' },
      { kind: 'unavailable', when: 'before' },
      { kind: 'throttled', when: 'before' },
      { kind: 'aborted', when: 'after' },
    ];
    const efs = createFakeEfs({
      now: clock.now,
      visibleAfterMs: 200,
      fault: (method) => {
        if (method === 'listAccessPoints' || random() > 0.04) return undefined;
        return faults[Math.floor(random() * faults.length)];
      },
      latency: async () => clock.sleep(5 + 30 * random()),
    });
    let tenure: Tenure = { since: clock.now(), afterAnother: false };
    const all = Array.from({ length: 10_000 }, (_, index) => index);
    const run = async (work: Promise<unknown>) => {
      let done = false;
      const finished = work.finally(() => {
        done = true;
      });
      finished.catch(() => {});
      while (!done) await clock.advance(1000);
      await finished;
    };

    const old = newController(efs, clock, { tenure: () => tenure });
    await run(inParallel(all.slice(0, 4000), 100, (index) => provision(old, index, clock)));
    // The old leader dies with creates on their way: they take effect, and nobody is there for the answers.
    const dying = new AbortController();
    const call = createCall({ signal: dying.signal });
    const orphaned = Promise.allSettled(
      all.slice(4000, 4100).map((index) => provision(old, index, clock, call)),
    );
    await clock.advance(1);
    dying.abort(new Error('the lease is lost'));
    tenure = { since: clock.now(), afterAnother: true };
    const heir = newController(efs, clock, { tenure: () => tenure });
    await run(inParallel(all.slice(3900), 100, (index) => provision(heir, index, clock)));
    await run(orphaned);

    assertAllDifferent(efs, 10_000);
    const perVolume = efs.calls.length / 10_000;
    assert.ok(perVolume < 1.12, `${perVolume} calls per volume with 4 % of them failing`);
  });

  test('20 creates at once, where upstream gives all one GID, have 20, and each costs one call', async () => {
    const { efs, backend, settle, clock } = setUpEfs();
    const indices = Array.from({ length: 20 }, (_, index) => index);
    await settle(Promise.all(indices.map((index) => provision(backend, index, clock))));
    assertAllDifferent(efs, 20);
    assert.deepEqual(
      efs.calls.filter((method) => method !== 'createAccessPoint'),
      ['listAccessPoints'],
    );
  });

  test('a range that is full to the last GID gives each once and then says so', async () => {
    const { efs, create } = setUpEfs();
    const narrow = { ...parameters, gidRangeStart: '1', gidRangeEnd: '7' };
    for (let index = 0; index < 7; index++)
      await create(createRequest({ name: nameOf(index), parameters: narrow }));
    assertAllDifferent(efs, 7);
    await assert.rejects(
      create(createRequest({ name: nameOf(7), parameters: narrow })),
      /Failed to locate a free GID for given file system: fs-00000001\. Please create a new storage class/,
    );
  });

  test('a GID whose access point is gone can be had again', async () => {
    const { efs, backend, create } = setUpEfs();
    const narrow = { ...parameters, gidRangeStart: '1', gidRangeEnd: '2' };
    const [first] = [await create(createRequest({ name: nameOf(0), parameters: narrow }))];
    await create(createRequest({ name: nameOf(1), parameters: narrow }));
    await backend.delete(first.id, {}, createCall());
    await create(createRequest({ name: nameOf(2), parameters: narrow }));
    assertAllDifferent(efs, 2);
  });

  test('the next file system of a class takes what the first has no room for', async () => {
    const { efs, create } = setUpEfs({ quota: 3 });
    const two = { ...parameters, fileSystemId: 'fs-00000001,fs-00000002' };
    const ids: string[] = [];
    for (let index = 0; index < 5; index++)
      ids.push((await create(createRequest({ name: nameOf(index), parameters: two }))).id);
    assert.deepEqual(
      ids.map((id) => id.split(':')[1]),
      ['fs-00000001', 'fs-00000001', 'fs-00000001', 'fs-00000002', 'fs-00000002'],
    );
    // The volume is found on the file system that it is on.
    assert.equal((await create(createRequest({ name: nameOf(4), parameters: two }))).id, ids[4]);
    assert.equal(efs.accessPoints.size, 5);
    await create(createRequest({ name: nameOf(5), parameters: two }));
    await assert.rejects(create(createRequest({ name: nameOf(6), parameters: two })), (error) => {
      assert.ok(error instanceof CsiError);
      assert.equal(error.code, 'resource-exhausted');
      return true;
    });
  });

  test('a file system that is not there is passed over while another one is', async () => {
    const { create } = setUpEfs();
    const two = { ...parameters, fileSystemId: 'fs-0000dead,fs-00000002' };
    assert.match((await create(createRequest({ parameters: two }))).id, /^efs:fs-00000002::/);
    await assert.rejects(
      create(createRequest({ name: nameOf(1), parameters: { ...parameters, fileSystemId: 'fs-0000dead' } })),
      (error) => {
        assert.ok(error instanceof CsiError);
        assert.equal(error.code, 'invalid-argument');
        assert.match(error.message, /^File System does not exist: /);
        return true;
      },
    );
  });
});

describe('a new leader', () => {
  test('allocates nothing until what the old one had on its way has arrived', async () => {
    const { efs, clock, newBackend, settle } = setUpEfs();
    const since = clock.now();
    const heir = newBackend({ tenure: () => ({ since, afterAnother: true }) });
    let createdAt: number | undefined;
    const made = provision(heir, 1, clock).then(() => {
      createdAt = clock.now();
    });
    await settle(made);
    assert.ok(createdAt !== undefined && createdAt - since >= 15_000, `${createdAt}`);
    assert.equal(efs.calls.at(-2), 'listAccessPoints');
  });

  test('makes an access point again that came late and shares its GID, before anybody has it', async () => {
    const { efs, clock, newBackend, settle } = setUpEfs();
    const since = clock.now();
    const heir = newBackend({ tenure: () => ({ since, afterAnother: false }) });
    await settle(provision(heir, 1, clock));
    const gid = [...efs.accessPoints.values()][0]?.posixUser?.gid ?? 0;
    // The old leader's create of another volume lands now, with the GID that its own listing showed free.
    const late = {
      fileSystemId: 'fs-00000001',
      clientToken: nameOf(2),
      posixUser: { uid: gid, gid },
      rootDirectory: { path: `/dynamic_provisioning/${nameOf(2)}` },
      tags: { 'efs.csi.aws.com/cluster': 'true' },
    };
    await efs.createAccessPoint(late, createCall());
    await settle(provision(heir, 2, clock));
    assertAllDifferent(efs, 2);
  });

  test('leaves volumes of one GID alone that were there before it', async () => {
    const { efs, clock, newBackend, create } = setUpEfs();
    for (const index of [1, 2])
      await efs.createAccessPoint(
        {
          fileSystemId: 'fs-00000001',
          clientToken: nameOf(index),
          posixUser: { uid: 50_000, gid: 50_000 },
          rootDirectory: { path: `/dynamic_provisioning/${nameOf(index)}` },
          tags: { 'efs.csi.aws.com/cluster': 'true' },
        },
        createCall(),
      );
    const before = [...efs.accessPoints.keys()];
    const heir = newBackend({ tenure: () => ({ since: clock.now() - 1, afterAnother: false }) });
    for (const index of [1, 2]) await create(createRequest({ name: nameOf(index), parameters }), heir);
    assert.deepEqual([...efs.accessPoints.keys()], before);
  });
});

describe('several replicas with the standard provisioner', () => {
  test('a replica that was not asked for a while lists again before it allocates', async () => {
    const { efs, clock, backend, newBackend, settle } = setUpEfs();
    const other = newBackend();
    await settle(provision(backend, 1, clock));
    await settle(inParallel([2, 3, 4], 3, (index) => provision(other, index, clock)));
    await clock.advance(16_000);
    const listings = () => efs.calls.filter((method) => method === 'listAccessPoints').length;
    const before = listings();
    await settle(provision(backend, 5, clock));
    assert.equal(listings(), before + 1);
    await settle(provision(backend, 6, clock));
    assert.equal(listings(), before + 1);
    assertAllDifferent(efs, 6);
  });
});
