import assert from 'node:assert/strict';
import { isIPv4 } from 'node:net';
import { test } from 'node:test';
import { filesystemRequest, filesystems } from '../testing/filesystem-requests.ts';
import { startTestCloud } from '../testing/start-test-cloud.ts';

const MINUTE = 60_000;

test('addresses are in 127.0.0.0/8, differ, and are not given again after a deletion or a restart', async (t) => {
  const cloud = await startTestCloud(t, { pageSize: 100 });
  const seen = new Set<unknown>();
  for (let round = 0; round < 3; round++) {
    const names = Array.from({ length: 20 }, (_, index) => `fs-${round}-${index}`);
    for (const name of names)
      await cloud.call('PUT', `${filesystems}/${name}`, { body: filesystemRequest() });
    await cloud.clock.advance(12 * MINUTE);
    for (const { mgsAddress } of cloud.cloud.filesystems
      .serving()
      .filter(({ name }) => names.includes(name))) {
      assert.ok(isIPv4(mgsAddress) && mgsAddress.startsWith('127.'));
      assert.ok(!seen.has(mgsAddress) && mgsAddress !== cloud.cloud.mgsAddress, mgsAddress);
      seen.add(mgsAddress);
    }
    for (const name of names) await cloud.call('DELETE', `${filesystems}/${name}`);
    await cloud.clock.advance(10 * MINUTE);
    await cloud.restart();
  }
  assert.equal(seen.size, 60);
});
