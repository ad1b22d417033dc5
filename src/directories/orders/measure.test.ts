import assert from 'node:assert/strict';
import { linkSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createFakeClock } from '../../async/testing/fake-clock.ts';
import { openTestWorkplace } from '../testing/test-workplace.ts';
import { measure } from './measure.ts';
import { createPace } from './pace.ts';

test('what takes space is counted once: files, directories, links themselves, a file of two names', async () => {
  const place = openTestWorkplace();
  try {
    mkdirSync(join(place.root, 'a/b'), { recursive: true });
    writeFileSync(join(place.root, 'outside'), 'x'.repeat(100_000));
    writeFileSync(join(place.root, 'a/file'), 'x'.repeat(10_000));
    linkSync(join(place.root, 'a/file'), join(place.root, 'a/b/same'));
    symlinkSync('../outside', join(place.root, 'a/link'));
    const { bytes, inodes } = await measure(place, 'a');
    assert.equal(inodes, 4n);
    assert.ok(bytes >= 10_000n && bytes < 60_000n, `${bytes}`);
    assert.deepEqual((await measure(place, 'gone')).inodes, 0n);
    await assert.rejects(measure(place, 'a/link'), { code: 'failed-precondition' });
  } finally {
    place.close();
  }
});

test('a walk does no more steps in a second than it may, and waits for nothing else', async () => {
  const clock = createFakeClock();
  const pace = createPace(100, clock);
  const start = clock.now();
  let steps = 0;
  const walk = async () => {
    for (; steps < 250; steps++) await pace();
  };
  const walked = walk();
  await clock.advance(1_000);
  assert.ok(steps >= 95 && steps <= 110, `${steps} steps in a second`);
  for (let tick = 0; tick < 100 && steps < 250; tick++) await clock.advance(50);
  await walked;
  assert.ok(clock.now() - start >= 2_400);
});
