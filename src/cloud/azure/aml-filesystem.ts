import type { AmlJobs } from './aml-jobs.ts';

/**
 * The body of `Microsoft.StorageCache/amlFilesystems` as Berth reads and writes it.
 * Source: ARM API 2026-08-01 of Microsoft.StorageCache; older versions lack some optional fields.
 */
export interface AmlFilesystem {
  readonly id?: string;
  readonly name?: string;
  readonly location: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly zones?: readonly string[];
  readonly sku?: { readonly name: string };
  readonly identity?: {
    readonly type: 'UserAssigned' | 'None';
    readonly userAssignedIdentities?: Readonly<Record<string, object>>;
  };
  readonly properties: {
    readonly storageCapacityTiB: number;
    readonly currentStorageCapacityTiB?: number;
    readonly filesystemSubnet: string;
    readonly maintenanceWindow: { readonly dayOfWeek: string; readonly timeOfDayUTC: string };
    readonly provisioningState?: 'Canceled' | 'Creating' | 'Deleting' | 'Failed' | 'Succeeded' | 'Updating';
    readonly health?: {
      readonly state?: string;
      readonly statusCode?: string;
      readonly statusDescription?: string;
    };
    readonly clientInfo?: {
      readonly mgsAddress?: string;
      readonly mountCommand?: string;
      readonly lustreVersion?: string;
    };
    readonly hsm?: { readonly settings?: HsmSettings };
    readonly rootSquashSettings?: RootSquashSettings;
    readonly encryptionSettings?: { readonly keyEncryptionKey?: KeyEncryptionKey };
  };
}

/** Blob integration. Both containers are of one storage account and named by resource ID. */
export interface HsmSettings {
  readonly container: string;
  readonly loggingContainer: string;
  /** Blobs that start with one of these are imported while the file system is made. */
  readonly importPrefixesInitial?: readonly string[];
}

export interface RootSquashSettings {
  readonly mode: 'None' | 'RootOnly' | 'All';
  /** NIDs of clients that are trusted, separated by semicolons. */
  readonly noSquashNidLists?: string;
  readonly squashUID?: number;
  readonly squashGID?: number;
}

export interface KeyEncryptionKey {
  /** The key's identifier, its version included. */
  readonly keyUrl: string;
  /** Resource ID of the Key Vault. */
  readonly sourceVault: { readonly id: string };
}

/** One SKU of amlFilesystems in one location. Sizes in TiB. */
export interface AmlFilesystemSku {
  readonly name: string;
  /** Availability zones it is offered in there; empty where the location has none. */
  readonly zones: readonly string[];
  /** `OSS capacity increment (TiB)`: both the minimum and the step. */
  readonly incrementTiB: number;
  /** `default maximum capacity (TiB)`. */
  readonly maximumTiB: number;
  /** `large cluster maximum capacity (TiB)` and `large cluster XL maximum capacity (TiB)`, where the location has such. */
  readonly largeMaximumTiB?: number | undefined;
  readonly extraLargeMaximumTiB?: number | undefined;
}

/** How an operation on ARM is going: `percent` only where ARM says so. */
export interface OperationProgress {
  readonly status: string;
  readonly percent: number | undefined;
  /** When ARM asks to be looked at again, in milliseconds from now. */
  readonly retryAfterMs?: number | undefined;
}

/** The calls on Azure Managed Lustre and its subnet that the driver needs. All throw AzureError. */
export interface AmlFilesystems {
  /** What is below file systems: expansion, rebalancing, blob jobs. */
  readonly jobs: AmlJobs;
  get(resourceGroup: string, name: string, signal: AbortSignal): Promise<AmlFilesystem | undefined>;
  /** PUT; resolves when ARM has accepted it, with the body as it stands then. */
  beginCreate(
    resourceGroup: string,
    name: string,
    body: AmlFilesystem,
    signal: AbortSignal,
  ): Promise<AmlFilesystem>;
  /** DELETE; resolves when ARM has accepted it, or at once where there is nothing. Poll `get` until undefined. */
  beginDelete(resourceGroup: string, name: string, signal: AbortSignal): Promise<void>;
  /**
   * Looks once at the operation that this process started on the file system with `beginCreate` or `beginDelete`.
   * Undefined where it is over, or was started before a restart: then `get` alone tells. An operation that failed is
   * thrown once, as kind `server` or `quota-exceeded` with the operation's own code (`CreateTimeout`,
   * `InternalExecutionError`, …). Only needed for percentages and reasons; absent where there are none to have.
   */
  operation?(
    resourceGroup: string,
    name: string,
    signal: AbortSignal,
  ): Promise<OperationProgress | undefined>;
  list(signal: AbortSignal): Promise<readonly AmlFilesystem[]>;
  /** SKUs offered in `location` (any case); cached for a while by the implementation. */
  skus(location: string, signal: AbortSignal): Promise<readonly AmlFilesystemSku[]>;
  /** IP addresses a file system of this size takes. */
  requiredSubnetSize(sku: string, capacityTiB: number, signal: AbortSignal): Promise<number>;
  /** Free addresses of a subnet, or undefined where the network has no such subnet. Ids compare without case. */
  freeSubnetAddresses(subnet: SubnetName, signal: AbortSignal): Promise<number | undefined>;
  /** File systems in use and allowed in the subscription and location (ascUsages), or undefined where the service does not say. */
  quota(
    location: string,
    signal: AbortSignal,
  ): Promise<{ readonly used: number; readonly limit: number } | undefined>;
}

export interface SubnetName {
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly vnet: string;
  readonly subnet: string;
}
