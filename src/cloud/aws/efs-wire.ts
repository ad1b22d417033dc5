import type {
  AccessPointDescription,
  FileSystemDescription,
  MountTargetDescription,
  Tag,
} from '@aws-sdk/client-efs';
import { AwsError } from './aws-error.ts';
import type { AccessPoint, EfsLifeCycleState, FileSystem, MountTarget } from './efs-client.ts';

// What EFS leaves out or makes null is absent here; what it always sends is required, or its answer is refused.

export function accessPointOf(wire: AccessPointDescription): AccessPoint {
  const { PosixUser, RootDirectory } = wire;
  const { CreationInfo } = RootDirectory ?? {};
  return {
    id: required(wire.AccessPointId, 'AccessPointId'),
    fileSystemId: required(wire.FileSystemId, 'FileSystemId'),
    clientToken: wire.ClientToken ?? '',
    state: stateOf(wire.LifeCycleState),
    ...optional('arn', wire.AccessPointArn),
    ...optional('name', wire.Name),
    ...optional(
      'posixUser',
      PosixUser && {
        uid: required(PosixUser.Uid, 'PosixUser.Uid'),
        gid: required(PosixUser.Gid, 'PosixUser.Gid'),
        ...optional('secondaryGids', PosixUser.SecondaryGids),
      },
    ),
    rootDirectory: {
      path: RootDirectory?.Path ?? '/',
      ...optional(
        'creationInfo',
        CreationInfo && {
          ownerUid: required(CreationInfo.OwnerUid, 'CreationInfo.OwnerUid'),
          ownerGid: required(CreationInfo.OwnerGid, 'CreationInfo.OwnerGid'),
          permissions: required(CreationInfo.Permissions, 'CreationInfo.Permissions'),
        },
      ),
    },
    tags: tagsOf(wire.Tags),
  };
}

export function fileSystemOf(wire: FileSystemDescription): FileSystem {
  return {
    id: required(wire.FileSystemId, 'FileSystemId'),
    state: stateOf(wire.LifeCycleState),
    ...optional('arn', wire.FileSystemArn),
    ...optional('name', wire.Name),
    ...optional('availabilityZoneName', wire.AvailabilityZoneName),
    ...optional('availabilityZoneId', wire.AvailabilityZoneId),
    tags: tagsOf(wire.Tags),
  };
}

export function mountTargetOf(wire: MountTargetDescription): MountTarget {
  return {
    id: required(wire.MountTargetId, 'MountTargetId'),
    fileSystemId: required(wire.FileSystemId, 'FileSystemId'),
    subnetId: wire.SubnetId ?? '',
    state: stateOf(wire.LifeCycleState),
    ...optional('ipAddress', wire.IpAddress),
    ...optional('ipv6Address', wire.Ipv6Address),
    ...optional('availabilityZoneName', wire.AvailabilityZoneName),
    ...optional('availabilityZoneId', wire.AvailabilityZoneId),
  };
}

export function wireTags(tags: Readonly<Record<string, string>>): Tag[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

function tagsOf(tags: readonly Tag[] | undefined): Readonly<Record<string, string>> {
  return Object.fromEntries((tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value]));
}

const states: readonly string[] = [
  'creating',
  'available',
  'updating',
  'deleting',
  'deleted',
  'error',
] satisfies readonly EfsLifeCycleState[];

/** A state that this version does not know is none to work with. */
function stateOf(state: string | undefined): EfsLifeCycleState {
  return state !== undefined && states.includes(state) ? (state as EfsLifeCycleState) : 'error';
}

function required<Value>(value: Value | null | undefined, field: string): Value {
  if (value !== undefined && value !== null) return value;
  throw new AwsError('unexpected', `EFS answered without ${field}`);
}

function optional<Name extends string, Value>(
  name: Name,
  value: Value | null | undefined,
): { readonly [Key in Name]?: Value } {
  return value === undefined || value === null
    ? {}
    : ({ [name]: value } as { readonly [Key in Name]: Value });
}
