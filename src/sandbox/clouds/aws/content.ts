import type { AccessPoint, FileSystem, MountTarget } from './efs/resources.ts';
import type { openTable } from './efs/table.ts';
import type { Role } from './identity/identities.ts';
import { DEFAULT_SECURITY_GROUP, freeAddress, subnets } from './network.ts';

/** The names that a new sandbox has. */
export const content = {
  region: 'eu-central-1',
  /** Whose long-lived keys all are that name no other account. */
  account: '111122223333',
  otherAccount: '444455556666',
  fileSystemId: 'fs-0be57500000000001',
  /** In the other account, for cross-account provisioning. */
  otherFileSystemId: 'fs-0be57500000000002',
  /** One Zone, in the region's zone a. */
  oneZoneFileSystemId: 'fs-0be57500000000003',
  /** Of the manifests that users find in vendors' documentation, so that those work as they are printed. */
  documentedFileSystemIds: ['fs-a5324911', 'fs-ae66151a', 'fs-6e633ada'],
  /** Documented too; of the last of those. */
  documentedAccessPointId: 'fsap-081a1d293f0004630',
} as const;

/** May be assumed with its external id only, to see what happens without it. */
export const crossAccountRole: Role = {
  arn: `arn:aws:iam::${content.otherAccount}:role/efs-cross-account`,
  externalId: 'sandbox-external-id',
};

type Tables = {
  readonly fileSystems: ReturnType<typeof openTable<FileSystem>>;
  readonly mountTargets: ReturnType<typeof openTable<MountTarget>>;
  readonly accessPoints: ReturnType<typeof openTable<AccessPoint>>;
};

/** Fills a state that is new: file systems with mount targets and an access point, all of them available. */
export function fillNewState(tables: Tables, region: string, now: number): void {
  const { fileSystems, mountTargets, accessPoints } = tables;
  const ready = { createdAt: now, availableAt: now, fails: false };
  const taken = new Set<string>();
  const add = (id: string, account: string, name: string, zone?: string) => {
    fileSystems.put({
      id,
      account,
      creationToken: name,
      performanceMode: 'generalPurpose',
      throughputMode: 'elastic',
      provisionedThroughputInMibps: undefined,
      encrypted: true,
      zone,
      tags: { Name: name },
      ...ready,
    });
    for (const subnet of subnets.filter(({ letter }) => zone === undefined || zone.endsWith(letter))) {
      const ipAddress = freeAddress(subnet, taken);
      if (ipAddress === undefined) continue;
      taken.add(ipAddress);
      mountTargets.put({
        id: `fsmt-${id.slice(3, -2)}${id.at(-1)}${subnet.letter}`,
        account,
        fileSystemId: id,
        subnetId: subnet.id,
        ipAddress,
        securityGroups: [DEFAULT_SECURITY_GROUP],
        ...ready,
      });
    }
  };
  add(content.fileSystemId, content.account, 'my-file-system');
  add(content.otherFileSystemId, content.otherAccount, 'my-other-file-system');
  add(content.oneZoneFileSystemId, content.account, 'my-one-zone-file-system', `${region}a`);
  for (const id of content.documentedFileSystemIds) add(id, content.account, `documented-${id}`);
  accessPoints.put({
    id: content.documentedAccessPointId,
    account: content.account,
    fileSystemId: content.documentedFileSystemIds[2],
    clientToken: 'documented',
    posixUser: { uid: 1000, gid: 1000, secondaryGids: undefined },
    rootDirectory: {
      path: '/documented',
      creationInfo: { ownerUid: 1000, ownerGid: 1000, permissions: '755' },
    },
    tags: { Name: 'documented' },
    sequence: 0,
    ...ready,
  });
}
