export type Tags = Readonly<Record<string, string>>;

/** When a resource passes from one state to the next; the state itself follows from the time. Milliseconds since the epoch. */
export interface LifeCycle {
  readonly createdAt: number;
  readonly availableAt: number;
  /** Its creation fails instead: then it is in the state `error` from `availableAt` on. */
  readonly fails: boolean;
  /** Being deleted; gone from this time on. */
  readonly goneAt?: number;
}

export interface FileSystem extends LifeCycle {
  readonly id: string;
  readonly account: string;
  readonly creationToken: string;
  readonly performanceMode: string;
  readonly throughputMode: string;
  readonly provisionedThroughputInMibps: number | undefined;
  readonly encrypted: boolean;
  /** Of a One Zone file system. */
  readonly zone: string | undefined;
  readonly tags: Tags;
}

export interface MountTarget extends LifeCycle {
  readonly id: string;
  readonly account: string;
  readonly fileSystemId: string;
  readonly subnetId: string;
  readonly ipAddress: string;
  readonly securityGroups: readonly string[];
}

export interface AccessPoint extends LifeCycle {
  readonly id: string;
  readonly account: string;
  readonly fileSystemId: string;
  readonly clientToken: string;
  readonly posixUser: PosixUser | undefined;
  readonly rootDirectory: RootDirectory;
  readonly tags: Tags;
  /** Rises from one to the next: the order of lists. */
  readonly sequence: number;
}

export interface PosixUser {
  readonly uid: number;
  readonly gid: number;
  readonly secondaryGids: readonly number[] | undefined;
}

export interface RootDirectory {
  readonly path: string;
  readonly creationInfo:
    | { readonly ownerUid: number; readonly ownerGid: number; readonly permissions: string }
    | undefined;
}

export type LifeCycleState = 'creating' | 'available' | 'deleting' | 'error';

/** Undefined once it is gone. */
export function stateAt(resource: LifeCycle, now: number): LifeCycleState | undefined {
  if (resource.goneAt !== undefined) return now < resource.goneAt ? 'deleting' : undefined;
  if (now < resource.availableAt) return 'creating';
  return resource.fails ? 'error' : 'available';
}

/** How long the work usually takes in AWS, in milliseconds. */
export const usualTime = {
  accessPoint: { create: 2_000, delete: 2_000 },
  fileSystem: { create: 5_000, delete: 5_000 },
  mountTarget: { create: 80_000, delete: 30_000 },
} as const;
