import assert from 'node:assert/strict';
import { test } from 'node:test';
import { content } from '../content.ts';
import { filesystems } from '../testing/filesystem-requests.ts';
import { startTestCloud } from '../testing/start-test-cloud.ts';

test('health and MGS address are shown as a fault has them, until it is cleared', async (t) => {
  const cloud = await startTestCloud(t);
  const look = async () => {
    const answer = await cloud.call('GET', `${filesystems}/${content.filesystem}`);
    return [answer.at('properties.health.state'), answer.at('properties.clientInfo.mgsAddress')];
  };
  const [, address] = await look();
  const { faults } = cloud.cloud;
  faults.set({ kind: 'unhealthy', parameters: { filesystem: 'another' } });
  assert.deepEqual(await look(), ['Available', address]);
  faults.set({ kind: 'unhealthy', parameters: { filesystem: content.filesystem, state: 'Unavailable' } });
  faults.set({ kind: 'mgs-moved', parameters: { address: '10.0.0.77' } });
  assert.deepEqual(await look(), ['Unavailable', '10.0.0.77']);
  faults.clear();
  assert.deepEqual(await look(), ['Available', address]);
});
