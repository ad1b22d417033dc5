/** Of EFS resources; `error` does not pass by itself. */
export type EfsLifeCycleState = 'creating' | 'available' | 'updating' | 'deleting' | 'deleted' | 'error';

export interface PosixUser {
  /** 0 to 4294967295, as `gid`. */
  readonly uid: number;
  readonly gid: number;
  /** At most 16. */
  readonly secondaryGids?: readonly number[];
}

export interface RootDirectory {
  /** Absolute; at most 100 characters and four components. */
  readonly path: string;
  /** How EFS makes the directory when the first client comes. Without it a missing one makes every mount fail. */
  readonly creationInfo?: {
    readonly ownerUid: number;
    readonly ownerGid: number;
    /** Octal: `700` or `0700`. */
    readonly permissions: string;
  };
}

/** Immutable but for its tags. */
export interface AccessPoint {
  /** `fsap-` and 17 hexadecimal digits. */
  readonly id: string;
  readonly arn?: string;
  readonly fileSystemId: string;
  readonly clientToken: string;
  /** The tag `Name`. */
  readonly name?: string;
  readonly state: EfsLifeCycleState;
  /** Whom every client acts as; absent where clients keep their own identity. */
  readonly posixUser?: PosixUser;
  readonly rootDirectory: RootDirectory;
  readonly tags: Readonly<Record<string, string>>;
}

export interface CreateAccessPointRequest {
  readonly fileSystemId: string;
  /** At most 64 ASCII characters; one per account and region, whatever the file system. */
  readonly clientToken: string;
  readonly posixUser?: PosixUser;
  readonly rootDirectory: RootDirectory;
  readonly tags: Readonly<Record<string, string>>;
}

export interface FileSystem {
  readonly id: string;
  readonly arn?: string;
  readonly name?: string;
  readonly state: EfsLifeCycleState;
  /** Of a One Zone file system only, e.g. `eu-central-1a`. */
  readonly availabilityZoneName?: string;
  readonly availabilityZoneId?: string;
  readonly tags: Readonly<Record<string, string>>;
}

export interface MountTarget {
  readonly id: string;
  readonly fileSystemId: string;
  readonly state: EfsLifeCycleState;
  readonly subnetId: string;
  /** IPv4; absent on a mount target of IPv6 only. */
  readonly ipAddress?: string;
  readonly ipv6Address?: string;
  /** e.g. `eu-central-1a`; the same zone has other names in other accounts, but one id. */
  readonly availabilityZoneName?: string;
  readonly availabilityZoneId?: string;
}

/** How long a caller waits. A driver's `Call` is one. */
export interface AwsCall {
  readonly signal: AbortSignal;
  /** Milliseconds since the epoch; retries that would end after it are not begun. */
  readonly deadline?: number | undefined;
}

/** Amazon EFS in one region with one identity. Everything throws AwsError; what may be repeated was repeated. */
export interface EfsClient {
  /**
   * Idempotent by client token: a repetition of a create that took effect throws kind `access-point-already-exists`
   * with the id of what is there, whatever its settings are. The access point may still be `creating`.
   */
  createAccessPoint(request: CreateAccessPointRequest, call: AwsCall): Promise<AccessPoint>;
  /** Undefined where there is none. One made a moment ago may not show yet. */
  describeAccessPoint(id: string, call: AwsCall): Promise<AccessPoint | undefined>;
  /** Pages of up to 1,000, in no order. Throws kind `file-system-not-found`. */
  listAccessPoints(fileSystemId: string, call: AwsCall): AsyncIterable<readonly AccessPoint[]>;
  /** Resolves too where there is none. The data stays. */
  deleteAccessPoint(id: string, call: AwsCall): Promise<void>;
  describeFileSystem(id: string, call: AwsCall): Promise<FileSystem | undefined>;
  /** All of them. Throws kind `file-system-not-found`. */
  listMountTargets(fileSystemId: string, call: AwsCall): Promise<readonly MountTarget[]>;
  /** Adds tags to an access point or file system and replaces values of keys it has. */
  tagResource(id: string, tags: Readonly<Record<string, string>>, call: AwsCall): Promise<void>;
}
