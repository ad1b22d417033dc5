import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CsiError } from '../csi/errors.ts';
import type { VolumeStats } from '../csi/mounts.ts';
import { createRecordingLog } from '../telemetry/testing/recording-log.ts';
import { parseMountLine } from './mountinfo.ts';
import { createVolumeHealth } from './volume-health.ts';

const target = '/pods/1/mount';
const source = '10.0.0.4@tcp:/lustrefs';
const plan = { fsType: 'lustre', source, options: ['noatime'], readonly: false };
const sizes: VolumeStats = {
  bytes: { total: 10n, used: 1n, available: 9n },
  inodes: { total: 5n, used: 1n, available: 4n },
};
const call = { signal: new AbortController().signal };

function volume() {
  const log = createRecordingLog();
  const counts: number[] = [];
  const changes: [string, boolean][] = [];
  const state = {
    line: `50 1 0:99 / ${target} rw,noatime - lustre ${source} rw,checksum` as string | undefined,
    answer: async (): Promise<VolumeStats> => sizes,
  };
  const health = createVolumeHealth({
    table: { at: async () => [parseMountLine(state.line ?? '')].filter((entry) => entry !== undefined) },
    statfs: { stats: () => state.answer() },
    log,
    abnormalCount: (count) => counts.push(count),
    conditionChanged: (path, { abnormal }) => changes.push([path, abnormal]),
  });
  health.published(target, plan);
  let seconds = 0;
  const silent = async () => {
    seconds += 10;
    throw new CsiError('unavailable', `the file system has not answered for ${seconds} s`);
  };
  return { health, state, log, counts, changes, silent, ask: () => health.ask(target, call) };
}

test('a volume that answers and is as published is well', async () => {
  const { ask, counts } = volume();
  assert.deepEqual(await ask(), {
    stats: sizes,
    condition: { abnormal: false, message: 'mounted, and its file system answers' },
  });
  assert.deepEqual(counts, []);
});

test('a file system that falls silent is told with its last sizes, and so is its recovery', async () => {
  const { ask, state, log, counts, changes, silent } = volume();
  await ask();
  state.answer = silent;
  for (const seconds of [10, 20, 30])
    assert.deepEqual(await ask(), {
      stats: sizes,
      condition: { abnormal: true, message: `the file system has not answered for ${seconds} s` },
    });
  state.answer = async () => sizes;
  assert.equal((await ask()).condition.abnormal, false);
  assert.deepEqual(counts, [1, 0]);
  assert.deepEqual(changes, [
    [target, true],
    [target, false],
  ]);
  assert.deepEqual(
    log.lines.map(({ level, message }) => [level, message]),
    [
      ['warn', 'the volume has become abnormal'],
      ['info', 'the volume is well again'],
    ],
  );
});

test('one whose sizes were never known fails with the reason, and counts as abnormal', async () => {
  const { ask, state, counts, silent } = volume();
  state.answer = silent;
  await assert.rejects(ask(), { code: 'unavailable', message: /has not answered/ });
  assert.deepEqual(counts, [1]);
});

for (const [what, line, says] of [
  ['became read-only', `50 1 0:99 / ${target} ro,noatime - lustre ${source} rw`, /mounted read-only, not/],
  [
    'is another file system',
    `51 1 0:98 / ${target} rw,noatime - lustre 10.0.0.9@tcp:/lustrefs rw`,
    /10\.0\.0\.9/,
  ],
  ['lost a flag', `50 1 0:99 / ${target} rw - lustre ${source} rw`, /without noatime/],
  ['lost its directory', `50 1 0:99 /a//deleted ${target} rw,noatime - lustre ${source} rw`, /was deleted/],
] as const)
  test(`a mount that ${what} is abnormal, with its sizes`, async () => {
    const { ask, state } = volume();
    state.line = line;
    const { stats, condition } = await ask();
    assert.deepEqual([stats, condition.abnormal], [sizes, true]);
    assert.match(condition.message, says);
  });

test('after a restart a mount is not held against what is not known', async () => {
  const { health, ask, state } = volume();
  health.forget(target);
  state.line = `50 1 0:99 / ${target} ro - lustre 10.0.0.9@tcp:/lustrefs rw`;
  assert.equal((await ask()).condition.abnormal, false);
});

test('a mount that went away unasked is NOT_FOUND, is logged, and counts no more', async () => {
  const { ask, state, counts, log, silent } = volume();
  await ask();
  state.answer = silent;
  await ask();
  state.line = undefined;
  await assert.rejects(ask(), { code: 'not-found' });
  assert.deepEqual(counts, [1, 0]);
  assert.match(log.text(), /not mounted any more/);
});

test('a caller that leaves learns nothing about the volume', async () => {
  const { health, state, counts, silent } = volume();
  state.answer = silent;
  await assert.rejects(health.ask(target, { signal: AbortSignal.abort() }), { code: 'unavailable' });
  assert.deepEqual(counts, []);
});
