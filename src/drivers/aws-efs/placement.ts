import type { Clock } from '../../async/clock.ts';
import type { EfsClient, FileSystem, MountTarget } from '../../cloud/aws/efs-client.ts';
import type { Call } from '../../csi/call.ts';
import { CsiError } from '../../csi/errors.ts';
import { withAws } from './aws-failure.ts';
import type { Placement } from './efs-volume.ts';
import type { Intent } from './intent.ts';

/** Mount targets are added and removed by hand, now and then. */
const factsAgeMs = 60_000;

export const zoneLabel = 'topology.kubernetes.io/zone';

export type PlaceVolume = (
  efs: EfsClient,
  intent: Intent,
  fileSystemId: string,
  call: Call,
) => Promise<Placement>;

/** Upstream's attributes of a file system in another account, and the zone of a One Zone one. Asks only where a class wants them. */
export function createPlaceVolume(clock: Clock): PlaceVolume {
  const targets = remember<readonly MountTarget[]>(clock);
  const fileSystems = remember<FileSystem | undefined>(clock);
  return async (efs, intent, fileSystemId, call) => {
    const key = `${intent.crossAccount?.role.arn ?? ''} ${fileSystemId}`;
    const zone = intent.zoneAffinity
      ? await withAws(
          {
            doing: 'Failed to describe file system for one zone AZ discovery',
            actions: ['elasticfilesystem:DescribeFileSystems'],
          },
          () => fileSystems(key, () => efs.describeFileSystem(fileSystemId, call)),
        )
      : undefined;
    const topology =
      zone?.availabilityZoneName === undefined ? [] : [{ [zoneLabel]: zone.availabilityZoneName }];
    const { crossAccount, az } = intent;
    if (crossAccount === undefined) return { context: {}, topology };
    if (crossAccount.byDns) return { context: { crossaccount: 'true' }, topology };
    const inZone = az === undefined ? '' : ` in AZ ${az}`;
    const doing =
      az === undefined
        ? `Failed to build mount target IP map for file system ${fileSystemId}`
        : `Failed to describe mount targets for file system ${fileSystemId}${inZone}`;
    const found = await withAws({ doing, actions: ['elasticfilesystem:DescribeMountTargets'] }, () =>
      targets(key, () => efs.listMountTargets(fileSystemId, call)),
    );
    const context = mountTargetContext(found, az);
    if (context === undefined)
      throw new CsiError('failed-precondition', `${doing}: it has no available mount target; create one`);
    return { context, topology };
  };
}

/**
 * Pure. `mounttargetip` of the zone that the class names, or of any where it has none; without a zone a map of all, as
 * upstream writes since v3.1. Undefined where there is no usable mount target.
 */
export function mountTargetContext(
  targets: readonly MountTarget[],
  az: string | undefined,
): Readonly<Record<string, string>> | undefined {
  const usable = targets.flatMap(({ state, ipAddress, ipv6Address, availabilityZoneName = '' }) => {
    const address = ipAddress ?? ipv6Address;
    return state === 'available' && address !== undefined ? { zone: availabilityZoneName, address } : [];
  });
  const [any] = usable;
  if (any === undefined) return undefined;
  if (az !== undefined) return { mounttargetip: (usable.find(({ zone }) => zone === az) ?? any).address };
  const map = Object.fromEntries(usable.map(({ zone, address }) => [zone, address]));
  return { mounttargetipmap: JSON.stringify(map) };
}

/** Facts that hardly change, asked once a while by whoever comes first. */
function remember<T>(clock: Clock): (key: string, ask: () => Promise<T>) => Promise<T> {
  const known = new Map<string, { readonly at: number; readonly value: T }>();
  return async (key, ask) => {
    const held = known.get(key);
    if (held !== undefined && clock.now() - held.at < factsAgeMs) return held.value;
    const value = await ask();
    known.set(key, { at: clock.now(), value });
    return value;
  };
}
