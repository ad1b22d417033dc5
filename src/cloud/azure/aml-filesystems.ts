import type { Clock } from '../../async/clock.ts';
import type { AmlFilesystems } from './aml-filesystem.ts';
import { amlFilesystemLifecycle } from './aml-filesystem-lifecycle.ts';
import { amlFilesystemOffers } from './aml-filesystem-offers.ts';
import { amlJobs } from './aml-jobs-client.ts';
import type { ArmClient } from './arm-client.ts';

export interface AmlFilesystemsOptions {
  readonly client: ArmClient;
  /** Where it is undefined every call is refused, so that what needs no Azure works without. */
  readonly subscriptionId: string | undefined;
  /** Of Microsoft.StorageCache; any published one from 2024-03-01 on serves; older ones lack some jobs, see `AmlJobs.missing`. */
  readonly apiVersion: string;
  readonly clock: Clock;
}

/** The newest version of Microsoft.StorageCache that Berth was written against. */
export const defaultStorageCacheApiVersion = '2026-08-01';

/** Azure Managed Lustre over ARM, in one subscription. */
export function createAmlFilesystems(options: AmlFilesystemsOptions): AmlFilesystems {
  return { ...amlFilesystemLifecycle(options), ...amlFilesystemOffers(options), jobs: amlJobs(options) };
}
