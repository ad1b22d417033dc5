/** A file system, as the resources below it are addressed. */
export interface FileSystemName {
  readonly resourceGroup: string;
  readonly name: string;
}

/** Growing of a file system. Sizes in TiB, times in milliseconds since the epoch. Source: ARM API 2026-08-01. */
export interface ExpansionJob {
  readonly name: string;
  readonly newStorageCapacityTiB: number;
  readonly state: 'InProgress' | 'Completed' | 'Failed' | 'Deleting' | 'RollingBack';
  /** 0 to 100, where the service says so. */
  readonly percent?: number | undefined;
  /** Azure's code and sentence, for a person. */
  readonly detail?: string | undefined;
  readonly startedAt?: number | undefined;
}

/** Data moving onto what an expansion has added; the file system is in full use meanwhile. */
export interface RebalanceJob {
  readonly name: string;
  readonly state:
    | 'InProgress'
    | 'Cancelling'
    | 'Canceled'
    | 'Completed'
    | 'Failed'
    | 'Deleting'
    | 'RollingBack';
  readonly percent?: number | undefined;
  /** Left out by the service until it can tell. */
  readonly remainingMs?: number | undefined;
  readonly detail?: string | undefined;
  readonly startedAt?: number | undefined;
}

/** Jobs that keep a file system and a blob container alike. */
export type BlobJobKind = 'autoImportJobs' | 'autoExportJobs';

export interface BlobJob {
  /** It has ended by itself, and nothing follows the container, or the file system, any more. */
  readonly failed: boolean;
  /** Azure's code and sentence, for a person. */
  readonly detail?: string | undefined;
}

/** The properties of a blob job as ARM takes them; which ones there are depends on the kind. */
export type BlobJobProperties = Readonly<Record<string, unknown>>;

/** Jobs below a file system. All but `missing` throw AzureError. */
export interface AmlJobs {
  /** Pure. Why the API version in use has no jobs of this kind, or undefined where it has. */
  missing(kind: BlobJobKind | 'expansionJobs' | 'rebalanceJobs'): string | undefined;
  expansions(of: FileSystemName, signal: AbortSignal): Promise<readonly ExpansionJob[]>;
  /** PUT by name, so that a repeated one is the same job; resolves when ARM has accepted it. */
  beginExpansion(
    of: FileSystemName,
    name: string,
    wanted: {
      readonly location: string;
      readonly newStorageCapacityTiB: number;
      readonly runRebalanceJob: boolean;
    },
    signal: AbortSignal,
  ): Promise<ExpansionJob>;
  /** Empty where the API version has none. */
  rebalances(of: FileSystemName, signal: AbortSignal): Promise<readonly RebalanceJob[]>;
  blobJob(
    of: FileSystemName,
    kind: BlobJobKind,
    name: string,
    signal: AbortSignal,
  ): Promise<BlobJob | undefined>;
  beginBlobJob(
    of: FileSystemName,
    kind: BlobJobKind,
    name: string,
    wanted: { readonly location: string; readonly properties: BlobJobProperties },
    signal: AbortSignal,
  ): Promise<void>;
}
