import {
  CreateAccessPointCommand,
  CreateFileSystemCommand,
  CreateMountTargetCommand,
  DeleteAccessPointCommand,
  DeleteFileSystemCommand,
  DeleteMountTargetCommand,
  DescribeAccessPointsCommand,
  DescribeFileSystemsCommand,
  DescribeMountTargetsCommand,
  type EFSClient,
  ListTagsForResourceCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-efs';
import { AssumeRoleCommand, GetCallerIdentityCommand, type STSClient } from '@aws-sdk/client-sts';

/** What calls are made with: clients of one of the two, and what earlier calls made there. */
export interface CallContext {
  readonly efs: EFSClient;
  readonly sts: STSClient;
  /** A subnet that the emulation has. */
  readonly subnetId: string;
  /** Waits until the file system is available. */
  readonly settled: (fileSystemId: string) => Promise<void>;
  readonly made: Map<string, string>;
}

export interface Call {
  readonly name: string;
  send(context: CallContext): Promise<object>;
}

const madeId = ({ made }: CallContext, name: string) => made.get(name) ?? `${name} was not made`;
const call = (name: string, send: Call['send']): Call => ({ name, send });

const accessPoint = (context: CallContext, ClientToken: string, more: object = {}) =>
  context.efs.send(
    new CreateAccessPointCommand({
      ClientToken,
      FileSystemId: madeId(context, 'fs'),
      PosixUser: { Uid: 1000, Gid: 1000 },
      RootDirectory: {
        Path: '/a',
        CreationInfo: { OwnerUid: 1000, OwnerGid: 1000, Permissions: '0700' },
      },
      Tags: [{ Key: 'Name', Value: 'one' }],
      ...more,
    }),
  );
const unknownFs = { FileSystemId: 'fs-00000000000000000' };

/** In this order; the same for both. */
export const calls: readonly Call[] = [
  call('CreateFileSystem', async ({ efs, made, settled }) => {
    const answer = await efs.send(
      new CreateFileSystemCommand({ CreationToken: 'token', Tags: [{ Key: 'Name', Value: 'my-fs' }] }),
    );
    made.set('fs', answer.FileSystemId ?? '');
    await settled(answer.FileSystemId ?? '');
    return answer;
  }),
  call('CreateFileSystem with the same token', ({ efs }) =>
    efs.send(new CreateFileSystemCommand({ CreationToken: 'token' })),
  ),
  call('DescribeFileSystems by id', (context) =>
    context.efs.send(new DescribeFileSystemsCommand({ FileSystemId: madeId(context, 'fs') })),
  ),
  call('DescribeFileSystems of an unknown id', ({ efs }) =>
    efs.send(new DescribeFileSystemsCommand(unknownFs)),
  ),
  call('CreateMountTarget', async (context) => {
    const answer = await context.efs.send(
      new CreateMountTargetCommand({ FileSystemId: madeId(context, 'fs'), SubnetId: context.subnetId }),
    );
    context.made.set('mount target', answer.MountTargetId ?? '');
    return answer;
  }),
  call('CreateMountTarget in the same zone', (context) =>
    context.efs.send(
      new CreateMountTargetCommand({ FileSystemId: madeId(context, 'fs'), SubnetId: context.subnetId }),
    ),
  ),
  call('CreateMountTarget in an unknown subnet', (context) =>
    context.efs.send(
      new CreateMountTargetCommand({ FileSystemId: madeId(context, 'fs'), SubnetId: 'subnet-00000000' }),
    ),
  ),
  call('DescribeMountTargets', (context) =>
    context.efs.send(new DescribeMountTargetsCommand({ FileSystemId: madeId(context, 'fs') })),
  ),
  call('DescribeMountTargets of an unknown file system', ({ efs }) =>
    efs.send(new DescribeMountTargetsCommand(unknownFs)),
  ),
  call('CreateAccessPoint', async (context) => {
    const answer = await accessPoint(context, 'pvc-1');
    context.made.set('access point', answer.AccessPointId ?? '');
    return answer;
  }),
  call('CreateAccessPoint with the same token', (context) => accessPoint(context, 'pvc-1')),
  call('CreateAccessPoint without a user and a directory', (context) =>
    accessPoint(context, 'pvc-2', { PosixUser: undefined, RootDirectory: undefined, Tags: [] }),
  ),
  call('CreateAccessPoint on an unknown file system', (context) => accessPoint(context, 'pvc-3', unknownFs)),
  call('CreateAccessPoint with a path too deep', (context) =>
    accessPoint(context, 'pvc-4', { RootDirectory: { Path: '/a/b/c/d/e' } }),
  ),
  call('DescribeAccessPoints by id', (context) =>
    context.efs.send(new DescribeAccessPointsCommand({ AccessPointId: madeId(context, 'access point') })),
  ),
  call('DescribeAccessPoints of an unknown id', ({ efs }) =>
    efs.send(new DescribeAccessPointsCommand({ AccessPointId: 'fsap-00000000000000000' })),
  ),
  call('DescribeAccessPoints of an unknown file system', ({ efs }) =>
    efs.send(new DescribeAccessPointsCommand(unknownFs)),
  ),
  call('DescribeAccessPoints in pages of one', (context) =>
    context.efs.send(new DescribeAccessPointsCommand({ FileSystemId: madeId(context, 'fs'), MaxResults: 1 })),
  ),
  call('TagResource', (context) =>
    context.efs.send(
      new TagResourceCommand({
        ResourceId: madeId(context, 'access point'),
        Tags: [{ Key: 'team', Value: 'a' }],
      }),
    ),
  ),
  call('UntagResource', (context) =>
    context.efs.send(
      new UntagResourceCommand({ ResourceId: madeId(context, 'access point'), TagKeys: ['Name'] }),
    ),
  ),
  call('ListTagsForResource', (context) =>
    context.efs.send(new ListTagsForResourceCommand({ ResourceId: madeId(context, 'access point') })),
  ),
  call('DeleteFileSystem with mount targets', (context) =>
    context.efs.send(new DeleteFileSystemCommand({ FileSystemId: madeId(context, 'fs') })),
  ),
  call('DeleteAccessPoint', (context) =>
    context.efs.send(new DeleteAccessPointCommand({ AccessPointId: madeId(context, 'access point') })),
  ),
  call('DeleteAccessPoint of an unknown id', ({ efs }) =>
    efs.send(new DeleteAccessPointCommand({ AccessPointId: 'fsap-00000000000000000' })),
  ),
  call('DeleteMountTarget', (context) =>
    context.efs.send(new DeleteMountTargetCommand({ MountTargetId: madeId(context, 'mount target') })),
  ),
  call('GetCallerIdentity', ({ sts }) => sts.send(new GetCallerIdentityCommand({}))),
  call('AssumeRole', ({ sts }) =>
    sts.send(
      new AssumeRoleCommand({ RoleArn: 'arn:aws:iam::222233334444:role/any', RoleSessionName: 'test' }),
    ),
  ),
];
