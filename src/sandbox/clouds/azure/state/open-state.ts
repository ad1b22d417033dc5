import { type Documents, openStateFile } from '../../state/state-file.ts';
import type { Fault } from '../faults/fault-kinds.ts';
import type { VirtualNetwork } from '../network/virtual-network.ts';
import type { ResourceGroup } from '../resources/resource-group.ts';
import type { BlobJob } from '../storage-cache/blob-job.ts';
import type { ExpansionJob, Filesystem, RebalanceJob } from '../storage-cache/filesystem.ts';
import type { Operation } from '../storage-cache/operation.ts';

/** Everything the simulated cloud remembers. Keys are lower-cased by whoever makes them. */
export interface AzureState {
  readonly resourceGroups: Documents<ResourceGroup>;
  readonly virtualNetworks: Documents<VirtualNetwork>;
  readonly filesystems: Documents<Filesystem>;
  readonly expansionJobs: Documents<ExpansionJob>;
  readonly rebalanceJobs: Documents<RebalanceJob>;
  readonly blobJobs: Documents<BlobJob>;
  readonly runningOperations: Documents<Operation>;
  readonly endedOperations: Documents<Operation>;
  readonly faults: Documents<Fault>;
  readonly settings: Documents<string>;
  /** All of the work is kept, or none of it. */
  transaction<T>(work: () => T): T;
  close(): void;
}

/** Opens the state file, or makes it. Throws StateFileError. */
export function openAzureState(file: string): AzureState {
  const state = openStateFile(file);
  return {
    resourceGroups: state.documents('resourceGroup'),
    virtualNetworks: state.documents('virtualNetwork'),
    filesystems: state.documents('filesystem'),
    expansionJobs: state.documents('expansionJob'),
    rebalanceJobs: state.documents('rebalanceJob'),
    blobJobs: state.documents('blobJob'),
    runningOperations: state.documents('runningOperation'),
    endedOperations: state.documents('endedOperation'),
    faults: state.documents('fault'),
    settings: state.documents('setting'),
    transaction: state.transaction,
    close: state.close,
  };
}
