import type { AccessPoint } from '../../cloud/aws/efs-client.ts';
import type { Log } from '../../telemetry/log.ts';
import type { AccessPointLedger, KnownAccessPoint } from './access-point-ledger.ts';

/** Access points with one GID: whoever mounts one may read what belongs to the group in the other. */
export interface SharedGid {
  readonly gid: number;
  readonly accessPoints: readonly AccessPoint[];
}

/** What every access point of this driver's and upstream's making is marked with, unless the class says otherwise. */
export const clusterTag = 'efs.csi.aws.com/cluster';

/** Groups of access points for volumes that have one GID, most of them made by upstream; a GID fixed by hand is among them. */
export function sharedGids(ledger: AccessPointLedger): readonly SharedGid[] {
  const groups = new Map<number, readonly AccessPoint[]>();
  for (const { accessPoint } of ledger.all()) {
    const { gid } = accessPoint.posixUser ?? {};
    if (gid === undefined || groups.has(gid) || accessPoint.tags[clusterTag] !== 'true') continue;
    const sharers = ledger.withGid(gid).filter(({ tags }) => tags[clusterTag] === 'true');
    if (sharers.length > 1) groups.set(gid, sharers);
  }
  return [...groups].map(([gid, accessPoints]) => ({ gid, accessPoints }));
}

export function reportSharedGids(ledger: AccessPointLedger, fileSystem: string, log: Log): void {
  for (const { gid, accessPoints } of sharedGids(ledger)) {
    const volumes = accessPoints.map(({ id, clientToken }) => `${id} (${clientToken})`);
    log.warn(
      { fileSystem, gid, accessPoints: volumes },
      'access points share one GID; copy the data of all but one of them into new volumes',
    );
  }
}

/**
 * Whether a volume's access point may be taken away and made again with a GID of its own: it shares one, came after
 * this process had begun to be asked for volumes, and its create was never answered to anybody who asks now.
 */
export function isLateSharer(ledger: AccessPointLedger, { accessPoint, late }: KnownAccessPoint): boolean {
  const { gid } = accessPoint.posixUser ?? {};
  return late && gid !== undefined && ledger.withGid(gid).length > 1;
}
