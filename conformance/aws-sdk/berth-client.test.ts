import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { systemClock } from '../../src/async/clock.ts';
import type { CreateAccessPointRequest } from '../../src/cloud/aws/efs-client.ts';
import { openAws } from '../../src/cloud/aws/open-aws.ts';
import { content, crossAccountRole } from '../../src/sandbox/clouds/aws/content.ts';
import type { AwsCloudOptions } from '../../src/sandbox/clouds/aws/start-aws-cloud.ts';
import { silentLog } from '../../src/telemetry/log.ts';
import { noMetrics } from '../../src/telemetry/metrics.ts';
import { startAws } from './start-aws.ts';

const call = { signal: new AbortController().signal };

/** Berth's client on a simulated AWS; `env` replaces what leads to it. */
async function open(
  t: TestContext,
  env: Readonly<Record<string, string>> = {},
  options: Partial<AwsCloudOptions> = {},
) {
  const { cloud, env: usual } = await startAws(t, options);
  const aws = await openAws({
    env: { ...usual, ...env },
    userAgent: 'berth/test',
    clock: systemClock,
    random: Math.random,
    metrics: noMetrics,
    log: silentLog,
  });
  return { cloud, aws, efs: aws.efs() };
}

const request = (clientToken: string, gid = 50_000): CreateAccessPointRequest => ({
  fileSystemId: content.fileSystemId,
  clientToken,
  posixUser: { uid: gid, gid },
  rootDirectory: {
    path: `/${clientToken}`,
    creationInfo: { ownerUid: gid, ownerGid: gid, permissions: '0700' },
  },
  tags: { 'efs.csi.aws.com/cluster': 'true' },
});

test('an access point is made, described, listed, tagged and deleted, each as often as asked', async (t) => {
  const { efs } = await open(t);
  const { id } = await efs.createAccessPoint(request('pvc-1'), call);
  await efs.tagResource(id, { team: 'a' }, call);
  const found = await efs.describeAccessPoint(id, call);
  assert.deepEqual(found?.posixUser, { uid: 50_000, gid: 50_000 });
  assert.deepEqual(found?.tags, { 'efs.csi.aws.com/cluster': 'true', team: 'a' });
  await efs.deleteAccessPoint(id, call);
  await efs.deleteAccessPoint('fsap-00000000000000000', call);
  assert.equal(await efs.describeAccessPoint('fsap-00000000000000000', call), undefined);
});

test('a create whose answer was lost is repeated, and the repetition tells what the first one made', async (t) => {
  const { cloud, efs } = await open(t);
  cloud.faults.set({ kind: 'lose-response' });
  const error = await efs.createAccessPoint(request('pvc-1'), call).catch((reason: unknown) => reason);
  const { kind, accessPointId } = error as { kind: string; accessPointId: string };
  assert.equal(kind, 'access-point-already-exists');
  assert.equal((await efs.describeAccessPoint(accessPointId, call))?.clientToken, 'pvc-1');
});

test('more access points than a page holds are all listed, each once', { timeout: 120_000 }, async (t) => {
  const { efs } = await open(t);
  const total = 1_050;
  for (let made = 0; made < total; made += 50) {
    const batch = Array.from({ length: 50 }, (_, index) => request(`pvc-${made + index}`, made + index));
    await Promise.all(batch.map((each) => efs.createAccessPoint(each, call)));
  }
  const pages: number[] = [];
  const gids = new Set<number | undefined>();
  for await (const page of efs.listAccessPoints(content.fileSystemId, call)) {
    pages.push(page.length);
    for (const { posixUser } of page) gids.add(posixUser?.gid);
  }
  assert.deepEqual(pages, [1000, 50]);
  assert.equal(gids.size, total);
});

test('under a limit of 20 requests a second all of 60 parallel creates come through', async (t) => {
  const { cloud, efs } = await open(t);
  cloud.faults.set({ kind: 'request-rate', parameters: { perSecond: 20, burst: 20 } });
  const made = await Promise.all(
    Array.from({ length: 60 }, (_, index) => efs.createAccessPoint(request(`pvc-${index}`), call)),
  );
  assert.equal(new Set(made.map(({ id }) => id)).size, 60);
});

for (const [fault, kind] of [
  [{ kind: 'access-denied', parameters: { times: 1 } }, 'denied'],
  [{ kind: 'expired-token' }, 'credentials'],
  [{ kind: 'access-point-limit', parameters: { limit: 0 } }, 'access-point-limit'],
] as const) {
  test(`${fault.kind} reaches the driver as ${kind}`, async (t) => {
    const { cloud, efs } = await open(t);
    cloud.faults.set(fault);
    await assert.rejects(efs.createAccessPoint(request('pvc-1'), call), { name: 'AwsError', kind });
  });
}

test('an unknown file system is told apart from an empty one', async (t) => {
  const { efs } = await open(t);
  const unknown = 'fs-00000000000000000';
  assert.equal(await efs.describeFileSystem(unknown, call), undefined);
  await assert.rejects(efs.listMountTargets(unknown, call), { kind: 'file-system-not-found' });
  await assert.rejects(efs.createAccessPoint({ ...request('a'), fileSystemId: unknown }, call), {
    kind: 'file-system-not-found',
  });
  const zones = (await efs.listMountTargets(content.fileSystemId, call)).map(
    ({ availabilityZoneName }) => availabilityZoneName,
  );
  assert.deepEqual(zones.sort(), ['eu-central-1a', 'eu-central-1b', 'eu-central-1c']);
  assert.equal(
    (await efs.describeFileSystem(content.oneZoneFileSystemId, call))?.availabilityZoneName,
    'eu-central-1a',
  );
});

test('a role in another account is assumed once for all its calls; without its external id it is denied', async (t) => {
  const { cloud, aws } = await open(t);
  const role = { arn: crossAccountRole.arn, externalId: crossAccountRole.externalId };
  assert.equal(aws.efs(role), aws.efs({ ...role }));
  assert.ok(await aws.efs(role).describeFileSystem(content.otherFileSystemId, call));
  cloud.faults.set({ kind: 'access-denied', match: { path: '/sts/AssumeRole' } });
  assert.ok(await aws.efs(role).describeFileSystem(content.otherFileSystemId, call));
  const without = aws.efs({ arn: crossAccountRole.arn });
  await assert.rejects(without.describeFileSystem(content.otherFileSystemId, call), { kind: 'denied' });
});

test('a machine without any settings uses its region and its role', async (t) => {
  const { aws, efs } = await open(t, { AWS_REGION: '', AWS_DEFAULT_REGION: '', AWS_ACCESS_KEY_ID: '' });
  assert.equal(aws.region, content.region);
  assert.ok(await efs.describeFileSystem(content.fileSystemId, call));
});
