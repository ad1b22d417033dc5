import assert from 'node:assert/strict';
import { Agent } from 'node:https';
import { type TestContext, test } from 'node:test';
import {
  AccessPointAlreadyExists,
  CreateAccessPointCommand,
  CreateFileSystemCommand,
  CreateMountTargetCommand,
  DeleteAccessPointCommand,
  DescribeAccessPointsCommand,
  DescribeFileSystemsCommand,
  DescribeMountTargetsCommand,
  EFSClient,
  FileSystemNotFound,
  ListTagsForResourceCommand,
  paginateDescribeAccessPoints,
  TagResourceCommand,
  ThrottlingException,
} from '@aws-sdk/client-efs';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { content, crossAccountRole } from '../../src/sandbox/clouds/aws/content.ts';
import { startAws } from './start-aws.ts';

/** AWS' own clients as anybody makes them, but for the address and its authority. */
async function clients(t: TestContext, maxAttempts = 1) {
  const { cloud, ca } = await startAws(t);
  const httpsAgent = new Agent({ ca, keepAlive: true });
  t.after(() => httpsAgent.destroy());
  const settings = (credentials: {
    accessKeyId: string;
    secretAccessKey: string;
    sessionToken?: string;
  }) => ({
    region: cloud.region,
    endpoint: cloud.url,
    maxAttempts,
    credentials,
    requestHandler: { httpsAgent },
  });
  const anybody = { accessKeyId: 'any', secretAccessKey: 'any' };
  return {
    cloud,
    settings,
    efs: new EFSClient(settings(anybody)),
    sts: new STSClient(settings(anybody)),
  };
}

const FileSystemId = content.fileSystemId;
const create = (ClientToken: string) =>
  new CreateAccessPointCommand({
    ClientToken,
    FileSystemId,
    PosixUser: { Uid: 50_000, Gid: 50_000 },
    RootDirectory: {
      Path: '/dynamic/pvc-1',
      CreationInfo: { OwnerUid: 50_000, OwnerGid: 50_000, Permissions: '700' },
    },
    Tags: [{ Key: 'efs.csi.aws.com/cluster', Value: 'true' }],
  });

test('an access point is made, found, tagged and deleted by the SDK', async (t) => {
  const { efs } = await clients(t);
  const { AccessPointId, LifeCycleState } = await efs.send(create('pvc-1'));
  assert.equal(LifeCycleState, 'creating');
  const found = await efs.send(new DescribeAccessPointsCommand({ AccessPointId }));
  assert.equal(found.AccessPoints?.[0]?.RootDirectory?.CreationInfo?.Permissions, '700');
  await efs.send(new TagResourceCommand({ ResourceId: AccessPointId, Tags: [{ Key: 'a', Value: 'b' }] }));
  const { Tags } = await efs.send(new ListTagsForResourceCommand({ ResourceId: AccessPointId }));
  assert.equal(Tags?.length, 2);
  await efs.send(new DeleteAccessPointCommand({ AccessPointId }));
});

test('the SDK’s own error classes come out of refusals, with their members', async (t) => {
  const { cloud, efs } = await clients(t);
  const { AccessPointId } = await efs.send(create('pvc-1'));
  await assert.rejects(
    efs.send(create('pvc-1')),
    (error) => error instanceof AccessPointAlreadyExists && error.AccessPointId === AccessPointId,
  );
  const missing = new DescribeFileSystemsCommand({ FileSystemId: 'fs-00000000000000000' });
  await assert.rejects(
    efs.send(missing),
    (error) => error instanceof FileSystemNotFound && error.ErrorCode === 'FileSystemNotFound',
  );
  cloud.faults.set({ kind: 'throttle', parameters: { status: 429 } });
  await assert.rejects(efs.send(create('pvc-2')), (error) => error instanceof ThrottlingException);
});

test('the SDK’s retries get past throttling and a server that fails', async (t) => {
  const { cloud, efs } = await clients(t, 4);
  cloud.faults.set({ kind: 'throttle' });
  cloud.faults.set({ kind: 'server-error' });
  const { FileSystems } = await efs.send(new DescribeFileSystemsCommand({ FileSystemId }));
  assert.equal(FileSystems?.[0]?.NumberOfMountTargets, 3);
});

test('the SDK’s paginator sees every access point once', async (t) => {
  const { efs } = await clients(t);
  await Promise.all(Array.from({ length: 25 }, (_, index) => efs.send(create(`pvc-${index}`))));
  const seen: string[] = [];
  for await (const page of paginateDescribeAccessPoints({ client: efs, pageSize: 10 }, { FileSystemId })) {
    assert.ok((page.AccessPoints?.length ?? 0) <= 10);
    seen.push(...(page.AccessPoints ?? []).map(({ AccessPointId = '' }) => AccessPointId));
  }
  assert.equal(seen.length, 25);
  assert.equal(new Set(seen).size, 25);
});

test('a file system and its mount target are made by the SDK', async (t) => {
  const { efs } = await clients(t);
  const made = await efs.send(new CreateFileSystemCommand({ CreationToken: 'x', Encrypted: true }));
  assert.ok(made.CreationTime instanceof Date);
  const target = { FileSystemId: made.FileSystemId, SubnetId: 'subnet-0be5750000000000a' };
  let mounted: string | undefined;
  while (mounted === undefined) {
    mounted = await efs.send(new CreateMountTargetCommand(target)).then(
      ({ MountTargetId }) => MountTargetId,
      (error: Error) => {
        assert.equal(error.name, 'IncorrectFileSystemLifeCycleState');
        return undefined;
      },
    );
  }
  const { MountTargets } = await efs.send(new DescribeMountTargetsCommand({ MountTargetId: mounted }));
  assert.equal(MountTargets?.[0]?.AvailabilityZoneId, 'euc1-az1');
});

test('a role’s credentials sign requests in its account, and a wrong signature is refused', async (t) => {
  const { settings, sts } = await clients(t);
  const { Credentials } = await sts.send(
    new AssumeRoleCommand({
      RoleArn: crossAccountRole.arn,
      RoleSessionName: 'conformance',
      ExternalId: crossAccountRole.externalId,
    }),
  );
  const keys = {
    accessKeyId: Credentials?.AccessKeyId ?? '',
    secretAccessKey: Credentials?.SecretAccessKey ?? '',
    sessionToken: Credentials?.SessionToken ?? '',
  };
  const identity = await new STSClient(settings(keys)).send(new GetCallerIdentityCommand({}));
  assert.equal(identity.Account, content.otherAccount);
  const describe = new DescribeFileSystemsCommand({ FileSystemId: content.otherFileSystemId });
  assert.equal((await new EFSClient(settings(keys)).send(describe)).FileSystems?.length, 1);
  const wrong = new EFSClient(settings({ ...keys, secretAccessKey: 'wrong' }));
  await assert.rejects(wrong.send(describe), { name: 'InvalidSignatureException' });
});
