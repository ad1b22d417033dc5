import type { ExpectedDifference } from '../testing/match-expected.ts';

/** How the simulated AWS and moto differ, and which of the two is as AWS documents it: the request is a call. */
export const expectedDifferences: readonly ExpectedDifference[] = [
  {
    title: 'A client token makes one access point',
    reason:
      'EFS refuses a token that was used before with AccessPointAlreadyExists and the id of what it made; so does the sandbox. moto makes a second access point.',
    at: [['CreateAccessPoint with the same token', '*']],
  },
  {
    title: 'An access point needs its file system',
    reason:
      'EFS answers FileSystemNotFound, as the sandbox does; moto makes access points on file systems that do not exist, and lists them.',
    at: [
      ['CreateAccessPoint on an unknown file system', '*'],
      ['DescribeAccessPoints of an unknown file system', '*'],
    ],
  },
  {
    title: 'Paths of access points are checked',
    reason: 'EFS takes at most four components; moto takes any path.',
    at: [['CreateAccessPoint with a path too deep', '*']],
  },
  {
    title: 'Deleting an unknown access point is an error',
    reason: 'EFS documents AccessPointNotFound; moto answers that it is deleted.',
    at: [['DeleteAccessPoint of an unknown id', '*']],
  },
  {
    title: 'Lists of access points have pages',
    reason: 'MaxResults and NextToken are part of the interface; moto gives everything at once.',
    at: [['DescribeAccessPoints in pages of one', '*']],
  },
  {
    title: 'An unknown subnet is a bad request',
    reason: 'EFS documents SubnetNotFound with status 400; moto answers 404.',
    at: [['CreateMountTarget in an unknown subnet', 'status']],
  },
  {
    title: 'The size of a new file system',
    reason: 'An empty file system in EFS is metered with 6 KiB; moto says 0 and knows no archive class.',
    at: [['*', '*SizeInBytes.Value*']],
  },
  {
    title: 'Protection against replication',
    reason: 'EFS tells it of every file system; moto does not know it.',
    at: [['*', '*FileSystemProtection*']],
  },
  {
    title: 'Who signs with a key that nobody gave out',
    reason: 'Either takes any long-lived key; they name its user in their own way.',
    at: [
      ['GetCallerIdentity', 'UserId'],
      ['GetCallerIdentity', 'Arn'],
    ],
  },
  {
    title: 'The size of a session’s policy',
    reason: 'STS gives PackedPolicySize where a policy was passed; moto always does.',
    at: [['AssumeRole', 'PackedPolicySize']],
  },
];
