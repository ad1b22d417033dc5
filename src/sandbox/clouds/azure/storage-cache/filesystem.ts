import type { ResourceName } from '../arm/resource-id.ts';
import type { OperationError } from './operation.ts';

/** A file system as the state keeps it. Sizes in TiB. */
export interface Filesystem extends ResourceName {
  readonly location: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly zones: readonly string[];
  readonly skuName: string;
  readonly identity: FilesystemIdentity | undefined;
  readonly storageCapacityTiB: number;
  /** Grows when an expansion has ended. */
  readonly currentCapacityTiB: number;
  readonly filesystemSubnet: string;
  readonly maintenanceWindow: MaintenanceWindow;
  /** Kept and given back, not acted on. */
  readonly extras: FilesystemExtras;
  readonly clusterUuid: string;
  readonly mgsAddress: string;
  readonly provisioningState: ProvisioningState;
  /** Whether its MGS answers and its data exist. */
  readonly serving: boolean;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
}

export type ProvisioningState = 'Creating' | 'Succeeded' | 'Updating' | 'Deleting' | 'Failed';

export interface MaintenanceWindow {
  readonly dayOfWeek: string;
  readonly timeOfDayUTC: string;
}

export interface FilesystemIdentity {
  readonly type: 'UserAssigned' | 'None';
  readonly userAssignedIdentities?: Readonly<Record<string, object>>;
}

export interface FilesystemExtras {
  readonly encryptionSettings?: unknown;
  readonly hsm?: unknown;
  readonly rootSquashSettings?: unknown;
}

/** The growing of a file system. Times are milliseconds since the epoch. */
export interface ExpansionJob {
  readonly filesystem: ResourceName;
  readonly name: string;
  readonly location: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly newStorageCapacityTiB: number;
  readonly runRebalanceJob: boolean;
  readonly provisioningState: 'Creating' | 'Succeeded' | 'Failed';
  readonly state: 'InProgress' | 'Completed' | 'Failed';
  readonly startedAt: number;
  readonly endsAt: number;
  /** How long the growing takes once the job exists, and the rebalancing after it. */
  readonly growth: JobCourse;
  readonly rebalance: JobCourse;
  /** Set when it has failed. */
  readonly error?: OperationError;
  /** Name of the rebalance job that followed. */
  readonly rebalanceJob?: string;
}

/** How work that was accepted will go. */
export interface JobCourse {
  /** Milliseconds of real time, cut short by a fault. */
  readonly lastsMs: number;
  readonly willFail?: OperationError;
}

/** The spreading of data over what an expansion has added. */
export interface RebalanceJob {
  readonly filesystem: ResourceName;
  readonly name: string;
  readonly expansionJob: string;
  readonly adminStatus: 'Active' | 'Cancel';
  readonly state: 'InProgress' | 'Canceled' | 'Completed' | 'Failed';
  readonly startedAt: number;
  readonly endsAt: number;
  readonly willFail?: OperationError;
  readonly error?: OperationError;
}
