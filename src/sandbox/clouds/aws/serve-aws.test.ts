import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { content, crossAccountRole } from './content.ts';
import { startTestCloud } from './testing/start-test-cloud.ts';

const describe = `file-systems?FileSystemId=${content.fileSystemId}`;

test('a new sandbox has a file system with a mount target in each zone, and one of One Zone', async (t) => {
  const { cloud, efs } = await startTestCloud(t);
  const targets = await efs('GET', `mount-targets?FileSystemId=${content.fileSystemId}`);
  assert.deepEqual(
    (targets.body.MountTargets as { readonly AvailabilityZoneName: string }[]).map(
      ({ AvailabilityZoneName }) => AvailabilityZoneName,
    ),
    ['eu-central-1a', 'eu-central-1b', 'eu-central-1c'],
  );
  const oneZone = await efs('GET', `file-systems?FileSystemId=${content.oneZoneFileSystemId}`);
  assert.match(oneZone.text, /"AvailabilityZoneName":"eu-central-1a"/);
  const [first] = cloud.exports.all();
  assert.equal(first?.addresses.length, 3);
  assert.ok(existsSync(String(first?.dataDirectory)));
});

for (const [what, options, error] of [
  ['a request without a signature', { accessKeyId: 'none' }, 'MissingAuthenticationTokenException'],
  ['a temporary key that nobody gave out', { accessKeyId: 'ASIAUNKNOWN' }, 'UnrecognizedClientException'],
  ['a signature for another region', { region: 'us-east-1' }, 'InvalidSignatureException'],
  [
    'half a header',
    { headers: { authorization: 'AWS4-HMAC-SHA256 Credential=x' } },
    'IncompleteSignatureException',
  ],
] as const) {
  test(`${what} is refused with ${error}`, async (t) => {
    const { efs } = await startTestCloud(t);
    assert.equal((await efs('GET', describe, options)).error, error);
  });
}

test('a key of twelve digits is of that account, and accounts do not see each other’s file systems', async (t) => {
  const { efs, query } = await startTestCloud(t);
  const other = { accessKeyId: content.otherAccount };
  assert.equal((await efs('GET', describe, other)).error, 'FileSystemNotFound');
  assert.equal(
    (await efs('GET', `file-systems?FileSystemId=${content.otherFileSystemId}`, other)).status,
    200,
  );
  const { text } = await query({ Action: 'GetCallerIdentity' }, other);
  assert.match(text, new RegExp(`<Account>${content.otherAccount}</Account>`));
});

test('a role that asks for an external id is given with it only', async (t) => {
  const { query } = await startTestCloud(t);
  const fields = { Action: 'AssumeRole', RoleArn: crossAccountRole.arn, RoleSessionName: 'test' };
  const refused = await query(fields);
  assert.equal(refused.status, 403);
  assert.match(refused.text, /<Code>AccessDenied<\/Code><Message>User: .*sts:AssumeRole/);
  assert.match(
    (await query({ ...fields, ExternalId: crossAccountRole.externalId })).text,
    /<AccessKeyId>ASIA/,
  );
});

test('a service account’s token needs no signature; one that has ended is refused', async (t) => {
  const { clock, query } = await startTestCloud(t);
  const token = (exp: number) => {
    const claims = { sub: 'system:serviceaccount:kube-system:efs', iss: 'https://issuer', exp };
    return `x.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.x`;
  };
  const assume = (WebIdentityToken: string) =>
    query(
      {
        Action: 'AssumeRoleWithWebIdentity',
        RoleArn: 'arn:aws:iam::111122223333:role/efs',
        RoleSessionName: 'test',
        WebIdentityToken,
      },
      { accessKeyId: 'none' },
    );
  const now = clock.now() / 1000;
  assert.match((await assume(token(now + 60))).text, /<SubjectFromWebIdentityToken>system:serviceaccount/);
  const ended = await assume(token(now - 60));
  assert.match(ended.text, /<Code>ExpiredToken<\/Code>/);
});

test('EC2 tells the zones and subnets that mount targets can be in', async (t) => {
  const { query } = await startTestCloud(t);
  assert.match((await query({ Action: 'DescribeAvailabilityZones' })).text, /<zoneId>euc1-az3<\/zoneId>/);
  assert.match((await query({ Action: 'DescribeSubnets' })).text, /<subnetId>subnet-/);
  assert.match((await query({ Action: 'RunInstances' })).text, /<Code>InvalidAction<\/Code>/);
});

for (const [kind, parameters, status, error] of [
  ['throttle', {}, 400, 'ThrottlingException'],
  ['throttle', { status: 429 }, 429, 'ThrottlingException'],
  ['server-error', { status: 503 }, 503, 'InternalServerError'],
  ['access-denied', { times: 1 }, 403, 'AccessDeniedException'],
  ['expired-token', {}, 403, 'ExpiredTokenException'],
] as const) {
  test(`the fault ${kind} ${JSON.stringify(parameters)} strikes once with ${status} ${error}`, async (t) => {
    const { cloud, efs } = await startTestCloud(t);
    cloud.faults.set({ kind, parameters });
    const struck = await efs('GET', describe);
    assert.deepEqual([struck.status, struck.error], [status, error]);
    assert.equal((await efs('GET', describe)).status, 200);
  });
}

test('a request rate lets bursts pass, then so many a second, each operation by itself', async (t) => {
  const { cloud, clock, efs } = await startTestCloud(t);
  cloud.faults.set({ kind: 'request-rate', parameters: { perSecond: 2, burst: 3 } });
  const statuses = async (count: number) => {
    const all = [];
    for (let i = 0; i < count; i++) all.push((await efs('GET', describe)).status);
    return all;
  };
  assert.deepEqual(await statuses(4), [200, 200, 200, 400]);
  assert.equal((await efs('GET', `mount-targets?FileSystemId=${content.fileSystemId}`)).status, 200);
  await clock.advance(1000);
  assert.deepEqual(await statuses(3), [200, 200, 400]);
});

test('a response that is lost has taken effect', async (t) => {
  const { cloud, efs } = await startTestCloud(t);
  cloud.faults.set({ kind: 'lose-response' });
  const body = { ClientToken: 'a', FileSystemId: content.fileSystemId };
  await assert.rejects(efs('POST', 'access-points', { body }));
  assert.equal((await efs('POST', 'access-points', { body })).error, 'AccessPointAlreadyExists');
});

test('file systems, mount targets and tags live as AWS documents them', async (t) => {
  const { clock, efs } = await startTestCloud(t);
  const made = await efs('POST', 'file-systems', {
    body: { CreationToken: 'x', Tags: [{ Key: 'Name', Value: 'n' }] },
  });
  assert.deepEqual([made.status, made.body.LifeCycleState, made.body.Name], [201, 'creating', 'n']);
  const again = await efs('POST', 'file-systems', { body: { CreationToken: 'x' } });
  assert.deepEqual(
    [again.error, again.body.FileSystemId],
    ['FileSystemAlreadyExists', made.body.FileSystemId],
  );
  await clock.advance(5000);
  const { FileSystemId } = made.body;
  const target = { FileSystemId, SubnetId: 'subnet-0be5750000000000a' };
  const mounted = await efs('POST', 'mount-targets', { body: target });
  assert.match(String(mounted.body.IpAddress), /^127\.89\.0\./);
  assert.equal((await efs('POST', 'mount-targets', { body: target })).error, 'MountTargetConflict');
  assert.equal((await efs('DELETE', `file-systems/${FileSystemId}`)).error, 'FileSystemInUse');
  await efs('POST', `resource-tags/${FileSystemId}`, { body: { Tags: [{ Key: 'a', Value: 'b' }] } });
  await efs('DELETE', `resource-tags/${FileSystemId}?tagKeys=Name`);
  const { body } = await efs('GET', `resource-tags/${FileSystemId}`);
  assert.deepEqual(body.Tags, [{ Key: 'a', Value: 'b' }]);
  await efs('DELETE', `mount-targets/${mounted.body.MountTargetId}`);
  await clock.advance(30_000);
  assert.equal((await efs('DELETE', `file-systems/${FileSystemId}`)).status, 204);
  await clock.advance(5000);
  assert.equal((await efs('GET', `file-systems?FileSystemId=${FileSystemId}`)).error, 'FileSystemNotFound');
});
