import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeClock } from '../async/testing/fake-clock.ts';
import type { Occurrence } from '../kube/event-correlator.ts';
import { createProgressEvents, progressText } from './progress-events.ts';

const about = { kind: 'PersistentVolumeClaim', namespace: 'ns', name: 'data', uid: 'u1' };
const creating = { volume: 'pvc-1', phase: 'creating', message: 'creating file system fs' } as const;

function progress() {
  const clock = createFakeClock();
  const told: Occurrence[] = [];
  const recorder = { record: (occurrence: Occurrence) => void told.push(occurrence), flush: async () => {} };
  return { clock, told, ...createProgressEvents({ recorder, clock }) };
}

test('a long creation shows on its claim, at most every ten seconds and only when something has changed', async () => {
  const { clock, told, sink, during } = progress();
  await during('pvc-1', about, async () => {
    for (let second = 0; second <= 60; second++) {
      sink({
        ...creating,
        percent: Math.floor(second / 30) * 50,
        elapsedMs: Math.floor(second / 30) * 30_000,
      });
      await clock.advance(1000);
    }
  });
  assert.deepEqual(
    told.map(({ message }) => message),
    [
      'creating file system fs: 0 % (0 s)',
      'creating file system fs: 50 % (30 s)',
      'creating file system fs: 100 % (1 min 0 s)',
    ],
  );
  assert(told.every((event) => event.reason === 'ProvisioningProgress' && event.series === 'creating'));
});

test('progress of what nobody waits for here is nobody’s event', async () => {
  const { told, sink, during } = progress();
  sink({ ...creating, elapsedMs: 0 });
  await during('pvc-1', about, async () => sink({ ...creating, volume: 'pvc-2', elapsedMs: 0 }));
  sink({ ...creating, elapsedMs: 0 });
  assert.deepEqual(told, []);
});

test('a percentage is shown only where the service reports one; a usual time is called an estimate', () => {
  assert.equal(
    progressText({ ...creating, elapsedMs: 125_000, usualMs: 720_000 }),
    'creating file system fs: 2 min 5 s so far, usually about 12 min 0 s (estimate)',
  );
  assert.equal(progressText({ ...creating, elapsedMs: 5_000 }), 'creating file system fs: 5 s so far');
  assert.equal(
    progressText({ ...creating, elapsedMs: 5_000, percent: 33.4, usualMs: 720_000 }),
    'creating file system fs: 33 % (5 s)',
  );
});
