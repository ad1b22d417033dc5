import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createFakeClock } from '../../../async/testing/fake-clock.ts';
import { VolumeUsage_Unit as Unit } from '../../../csi/gen/csi.ts';
import { silentLog } from '../../../telemetry/log.ts';
import { eventually } from '../../testing/eventually.ts';
import { statsSummary } from '../stats-summary.ts';
import { bindDriver, startBindPlugin } from '../testing/bind-plugin.ts';
import { pollVolumeStats, type StandingVolume, toVolumeStats } from './volume-stats.ts';

const pod = { metadata: { name: 'p', namespace: 'default', uid: 'u' }, spec: { containers: [] } };

test('a driver is asked for its volumes’ statistics once a minute, and what it says is in the summary', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'berth-'));
  const clock = createFakeClock();
  const stop = new AbortController();
  const plugin = await startBindPlugin(directory, join(directory, 'registry'));
  t.after(() => {
    plugin.stop();
    rmSync(directory, { recursive: true });
  });
  // The plugin takes its own source for a mounted volume.
  const path = join(directory, 'data');
  const volume: StandingVolume = { name: 'v', claim: 'data', driver: bindDriver, handle: 'h', path };
  const gone = { ...volume, name: 'w', path: join(directory, 'registry') };
  let standing = [volume, gone];
  const poll = pollVolumeStats({
    volumes: () => standing,
    plugin: (driver) =>
      driver === bindDriver
        ? { name: bindDriver, socketPath: join(directory, 'csi.sock'), info: {} as never }
        : undefined,
    clock,
    log: silentLog,
    signal: stop.signal,
  });
  const asked = () => plugin.calls.filter((call) => call === 'nodeGetVolumeStats').length;
  await eventually(clock.pending, ({ length }) => length > 0);
  assert.equal(asked(), 2);
  const summary = () => statsSummary('node', [pod], () => standing, poll.latest);
  assert.deepEqual(summary(), {
    node: { nodeName: 'node' },
    pods: [
      {
        podRef: pod.metadata,
        volume: [
          {
            name: 'v',
            pvcRef: { name: 'data', namespace: 'default' },
            time: '2026-01-01T00:00:00Z',
            capacityBytes: 100,
            usedBytes: 25,
            availableBytes: 75,
            volumeHealthStats: { abnormal: false },
          },
        ],
      },
    ],
  });
  await clock.advance(59_000);
  assert.equal(asked(), 2);
  standing = [];
  await clock.advance(1_000);
  await eventually(clock.pending, ([left]) => left === 60_000);
  assert.equal(asked(), 2);
  assert.equal(poll.latest.size, 0);
  stop.abort();
  await poll.done;
});

test('what a driver does not tell is left out', () => {
  const usage = [{ unit: Unit.INODES, total: 3n, used: 1n, available: 2n }];
  assert.deepEqual(toVolumeStats({ usage, volumeCondition: undefined }, 0), {
    time: '1970-01-01T00:00:00Z',
    inodes: 3,
    inodesUsed: 1,
    inodesFree: 2,
  });
});
