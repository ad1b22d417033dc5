import {
  CreateAccessPointCommand,
  DeleteAccessPointCommand,
  DescribeAccessPointsCommand,
  DescribeFileSystemsCommand,
  DescribeMountTargetsCommand,
  type EFSClient,
  type MountTargetDescription,
  TagResourceCommand,
} from '@aws-sdk/client-efs';
import { AwsError } from './aws-error.ts';
import type { CallAws } from './call-aws.ts';
import type { AwsCall, CreateAccessPointRequest, EfsClient } from './efs-client.ts';
import { accessPointOf, fileSystemOf, mountTargetOf, wireTags } from './efs-wire.ts';

/** What EFS gives at most; its default is 100. */
const PAGE_SIZE = 1000;

/** Amazon EFS by AWS' SDK. `sdk` makes one attempt per command; `callAws` repeats. */
export function efsOverSdk(sdk: EFSClient, callAws: CallAws): EfsClient {
  const describeAccessPoints = (
    input: { readonly AccessPointId: string } | { readonly FileSystemId: string; NextToken?: string },
    call: AwsCall,
  ) =>
    callAws('DescribeAccessPoints', call, (abortSignal) =>
      sdk.send(new DescribeAccessPointsCommand({ MaxResults: PAGE_SIZE, ...input }), { abortSignal }),
    );

  return {
    async createAccessPoint(request, call) {
      const input = wireRequest(request);
      const made = await callAws('CreateAccessPoint', call, (abortSignal) =>
        sdk.send(new CreateAccessPointCommand(input), { abortSignal }),
      );
      return accessPointOf(made);
    },
    async describeAccessPoint(id, call) {
      const found = await unlessMissing('access-point-not-found', () =>
        describeAccessPoints({ AccessPointId: id }, call),
      );
      const [first] = found?.AccessPoints ?? [];
      return first && accessPointOf(first);
    },
    async *listAccessPoints(FileSystemId, call) {
      let NextToken: string | undefined;
      do {
        const page = await describeAccessPoints({ FileSystemId, ...(NextToken && { NextToken }) }, call);
        yield (page.AccessPoints ?? []).map(accessPointOf);
        NextToken = page.NextToken;
      } while (NextToken);
    },
    async deleteAccessPoint(AccessPointId, call) {
      await unlessMissing('access-point-not-found', () =>
        callAws('DeleteAccessPoint', call, (abortSignal) =>
          sdk.send(new DeleteAccessPointCommand({ AccessPointId }), { abortSignal }),
        ),
      );
    },
    async describeFileSystem(FileSystemId, call) {
      const found = await unlessMissing('file-system-not-found', () =>
        callAws('DescribeFileSystems', call, (abortSignal) =>
          sdk.send(new DescribeFileSystemsCommand({ FileSystemId }), { abortSignal }),
        ),
      );
      const [first] = found?.FileSystems ?? [];
      return first && fileSystemOf(first);
    },
    async listMountTargets(FileSystemId, call) {
      const all: MountTargetDescription[] = [];
      let Marker: string | undefined;
      do {
        const page = await callAws('DescribeMountTargets', call, (abortSignal) =>
          sdk.send(new DescribeMountTargetsCommand({ FileSystemId, ...(Marker && { Marker }) }), {
            abortSignal,
          }),
        );
        all.push(...(page.MountTargets ?? []));
        Marker = page.NextMarker;
      } while (Marker);
      return all.map(mountTargetOf);
    },
    async tagResource(ResourceId, tags, call) {
      await callAws('TagResource', call, (abortSignal) =>
        sdk.send(new TagResourceCommand({ ResourceId, Tags: wireTags(tags) }), { abortSignal }),
      );
    },
  };
}

function wireRequest({
  clientToken,
  fileSystemId,
  posixUser,
  rootDirectory,
  tags,
}: CreateAccessPointRequest) {
  const { path, creationInfo } = rootDirectory;
  return {
    ClientToken: clientToken,
    FileSystemId: fileSystemId,
    Tags: wireTags(tags),
    ...(posixUser && {
      PosixUser: {
        Uid: posixUser.uid,
        Gid: posixUser.gid,
        ...(posixUser.secondaryGids && { SecondaryGids: [...posixUser.secondaryGids] }),
      },
    }),
    RootDirectory: {
      Path: path,
      ...(creationInfo && {
        CreationInfo: {
          OwnerUid: creationInfo.ownerUid,
          OwnerGid: creationInfo.ownerGid,
          Permissions: creationInfo.permissions,
        },
      }),
    },
  };
}

async function unlessMissing<Answer>(
  kind: AwsError['kind'],
  ask: () => Promise<Answer>,
): Promise<Answer | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof AwsError && error.kind === kind) return undefined;
    throw error;
  }
}
