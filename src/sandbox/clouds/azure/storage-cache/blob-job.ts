import type { ResourceName } from '../arm/resource-id.ts';
import type { OperationError } from './operation.ts';

/** The jobs between a file system and its blob container, by the last part of their resource type. */
export type BlobJobKind = 'importJobs' | 'autoImportJobs' | 'autoExportJobs';

/** A job as the state keeps it. Times are milliseconds since the epoch. */
export interface BlobJob {
  readonly kind: BlobJobKind;
  readonly filesystem: ResourceName;
  readonly name: string;
  readonly location: string;
  readonly tags: Readonly<Record<string, string>>;
  /** As given, with the service's defaults; `adminStatus` among them. */
  readonly properties: Readonly<Record<string, unknown>>;
  readonly provisioningState: 'Creating' | 'Succeeded' | 'Failed';
  readonly state: string;
  readonly startedAt: number;
  /** When it ends by itself or by a request; absent: it goes on. */
  readonly endsAt?: number;
  /** The state that it then has. */
  readonly endState: string;
  readonly endedAt?: number;
  readonly willFail?: OperationError;
  readonly error?: OperationError;
}

/** What is particular to each kind. */
export const blobJobKinds: Readonly<
  Record<
    BlobJobKind,
    {
      readonly prefixes: string;
      /** The service's limit for the list of prefixes. */
      readonly mostPrefixes: number;
      readonly adminStatuses: readonly [on: string, off: string];
      /** While it is being ended by a request, and after that. */
      readonly ending: string;
      readonly ended: string;
    }
  >
> = {
  importJobs: {
    prefixes: 'importPrefixes',
    mostPrefixes: 100,
    adminStatuses: ['Active', 'Cancel'],
    ending: 'Cancelling',
    ended: 'Canceled',
  },
  autoImportJobs: {
    prefixes: 'autoImportPrefixes',
    mostPrefixes: 100,
    adminStatuses: ['Enable', 'Disable'],
    ending: 'Disabling',
    ended: 'Disabled',
  },
  autoExportJobs: {
    prefixes: 'autoExportPrefixes',
    mostPrefixes: 1,
    adminStatuses: ['Enable', 'Disable'],
    ending: 'Disabling',
    ended: 'Disabled',
  },
};
