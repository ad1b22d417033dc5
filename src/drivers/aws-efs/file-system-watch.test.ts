import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createFakeClock } from '../../async/testing/fake-clock.ts';
import { createRecordingLog } from '../../telemetry/testing/recording-log.ts';
import { idleMs, inFlightMs, listingVerdict, watchFileSystem } from './file-system-watch.ts';
import { createCall } from './testing/efs-setup.ts';
import { createFakeEfs } from './testing/fake-efs.ts';

describe('whether a listing is good enough to allocate by', () => {
  const alone = (since: number, afterAnother = false) => ({ since, afterAnother });

  test('the only one who is asked needs one of its own time', () => {
    const verdict = (listedFrom: number | undefined) =>
      listingVerdict({ now: 5000, listedFrom, usedAt: 0, tenure: alone(1000) });
    assert.equal(verdict(undefined), 'list');
    assert.equal(verdict(999), 'list');
    assert.equal(verdict(1000), 'good');
  });

  test('after another who did not give the lease back it waits first', () => {
    const tenure = alone(1000, true);
    const verdict = (now: number, listedFrom: number) =>
      listingVerdict({ now, listedFrom, usedAt: 0, tenure });
    assert.deepEqual(verdict(2000, 1500), { waitMs: 1000 + inFlightMs - 2000 });
    assert.equal(verdict(1000 + inFlightMs, 1500), 'list');
    assert.equal(verdict(1000 + inFlightMs, 1000 + inFlightMs), 'good');
  });

  test('where another may be asked too it has to be of now, or of the busy time that lasts', () => {
    const verdict = (usedAt: number) =>
      listingVerdict({ now: 100_000, listedFrom: 1000, usedAt, tenure: undefined });
    assert.equal(verdict(100_000 - idleMs), 'good');
    assert.equal(verdict(100_000 - idleMs - 1), 'list');
  });
});

test('access points that share a GID are named in the log, without anybody asking', async () => {
  const clock = createFakeClock();
  const efs = createFakeEfs({ now: clock.now });
  const log = createRecordingLog();
  const stop = new AbortController();
  const watch = watchFileSystem({
    fileSystemId: 'fs-00000001',
    efs,
    clock,
    log,
    tenure: undefined,
    stopped: stop.signal,
  });
  await watch.listed(stop.signal);
  for (const clientToken of ['pvc-a', 'pvc-b'])
    await efs.createAccessPoint(
      {
        fileSystemId: 'fs-00000001',
        clientToken,
        posixUser: { uid: 7, gid: 7 },
        rootDirectory: { path: `/${clientToken}` },
        tags: { 'efs.csi.aws.com/cluster': 'true' },
      },
      createCall(),
    );
  await clock.advance(100_000);
  assert.match(log.text(), /access points share one GID/);
  assert.match(log.text(), /\(pvc-a\).*\(pvc-b\)/s);
  stop.abort();
  await clock.advance(0);
  assert.deepEqual(clock.pending(), []);
});
