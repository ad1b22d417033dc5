import type { MountPlan } from '../../csi/driver.ts';

/** How the mount target is found. All but the first come from volume attributes that upstream's controller writes. */
export type MountTargetChoice =
  /** By the file system's DNS name, in the zone's own where the mount option `az` names one. */
  | { readonly by: 'name'; readonly zone?: string }
  /** `mounttargetip`. */
  | { readonly by: 'address'; readonly address: string }
  /** `mounttargetipmap`: the one in the node's own zone, by its name, else any. */
  | { readonly by: 'zone'; readonly addresses: Readonly<Record<string, string>> }
  /** `crossaccount`: by a DNS name of a private zone that begins with the id of the node's zone. */
  | { readonly by: 'zone-id-name' };

/**
 * What to mount, worked out of handle, attributes and mount options alone. Port and address are added by `prepare`:
 *
 * | | fsType | source |
 * |-|-|-|
 * | through the tunnel | `nfs4` | `127.0.0.1:/sub/path`, as upstream's mounts show |
 * | unencrypted | `nfs4` | `fs-0123:/sub/path` |
 * | by efs-utils | `efs` | `fs-0123:/sub/path`, shown as `127.0.0.1:/sub/path` |
 */
export interface EfsMountPlan extends MountPlan {
  readonly fileSystemId: string;
  /** Empty for none. */
  readonly accessPointId: string;
  /** By TLS; an access point is always mounted so. */
  readonly encrypted: boolean;
  /** Whether the client certificate proves the node's identity in IAM. */
  readonly iam: boolean;
  /** Of the file system, where the mount option `region` names one. */
  readonly region?: string;
  readonly mountTarget: MountTargetChoice;
}

/** efs-utils' own, before what the volume asks for. */
export const nfsOptions: readonly string[] = [
  'nfsvers=4.1',
  'rsize=1048576',
  'wsize=1048576',
  'hard',
  'timeo=600',
  'retrans=2',
  'noresvport',
];
