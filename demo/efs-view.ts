import { Agent } from 'node:https';
import { type AccessPointDescription, EFSClient, paginateDescribeAccessPoints } from '@aws-sdk/client-efs';
import type { Clock } from '../src/async/clock.ts';
import type { FullSandboxInfo } from '../src/sandbox/state/run-file.ts';
import { textTable } from './text-table.ts';

/** What Amazon EFS itself says, asked by AWS' own client. */
export interface EfsView {
  accessPoints(fileSystemId: string): Promise<readonly AccessPointDescription[]>;
  /** One line per access point, in the way of `aws efs describe-access-points --output table`. */
  describe(fileSystemId: string): Promise<string>;
  waitForCount(fileSystemId: string, count: number): Promise<void>;
}

const POLL_MS = 500;

export function openEfsView(aws: FullSandboxInfo['clouds']['aws'], ca: string, clock: Clock): EfsView {
  const client = new EFSClient({
    endpoint: aws.endpoint,
    region: aws.region,
    credentials: { accessKeyId: 'demo', secretAccessKey: 'any secret is taken' },
    requestHandler: { httpsAgent: new Agent({ ca }) },
  });
  const accessPoints = async (fileSystemId: string) => {
    const found: AccessPointDescription[] = [];
    for await (const page of paginateDescribeAccessPoints({ client }, { FileSystemId: fileSystemId }))
      found.push(...(page.AccessPoints ?? []));
    return found;
  };
  return {
    accessPoints,
    describe: async (fileSystemId) => {
      const rows = (await accessPoints(fileSystemId)).map(({ AccessPointId, PosixUser, RootDirectory }) => [
        AccessPointId ?? '',
        `${PosixUser?.Uid ?? ''}:${PosixUser?.Gid ?? ''}`,
        RootDirectory?.Path ?? '',
      ]);
      return textTable([['ACCESS POINT', 'USER', 'DIRECTORY'], ...rows]);
    },
    waitForCount: async (fileSystemId, count) => {
      while ((await accessPoints(fileSystemId)).length !== count) await clock.sleep(POLL_MS);
    },
  };
}
