import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTestCloud } from '../testing/start-test-cloud.ts';

const token = 'x-aws-ec2-metadata-token';

test('a session of IMDSv2 reads region, zone, identity and a role’s credentials; without one nothing is told', async (t) => {
  const { cloud, clock } = await startTestCloud(t);
  const get = async (path: string, session?: string) => {
    const headers = session === undefined ? {} : { [token]: session };
    const answer = await fetch(`${cloud.metadataUrl}/latest/${path}`, { headers });
    return answer.ok ? answer.text() : answer.status;
  };
  const open = await fetch(`${cloud.metadataUrl}/latest/api/token`, {
    method: 'PUT',
    headers: { [`${token}-ttl-seconds`]: '60' },
  });
  const session = await open.text();
  assert.equal(await get('meta-data/placement/region'), 401);
  assert.equal(await get('meta-data/placement/region', session), 'eu-central-1');
  assert.equal(await get('meta-data/placement/availability-zone', session), 'eu-central-1a');
  assert.equal(await get('meta-data/nothing', session), 404);
  const document = JSON.parse(String(await get('dynamic/instance-identity/document', session)));
  assert.equal(document.instanceId, await get('meta-data/instance-id', session));
  const role = await get('meta-data/iam/security-credentials/', session);
  const keys = JSON.parse(String(await get(`meta-data/iam/security-credentials/${role}`, session)));
  assert.match(keys.AccessKeyId, /^ASIA/);
  await clock.advance(60_000);
  assert.equal(await get('meta-data/placement/region', session), 401);
});
