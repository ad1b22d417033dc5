import type { Subnets } from './network/subnets.ts';
import type { Filesystems } from './storage-cache/filesystems.ts';
import type { FilesystemContext } from './storage-cache/start-operation.ts';

/** What every part of the simulated ARM works on. */
export interface Cloud extends FilesystemContext {
  readonly subscriptionId: string;
  readonly tenantId: string;
  readonly subnets: Subnets;
  readonly filesystems: Filesystems;
  /** Entries of a page in the lists that ARM pages. */
  readonly pageSize: number;
}
