import type { Documents } from '../../state/state-file.ts';
import { childKey, type ResourceName, resourceKey } from '../arm/resource-id.ts';
import type { AzureState } from '../state/open-state.ts';
import type { ExpansionJob } from './filesystem.ts';
import type { Operation } from './operation.ts';

/** Every kind of resource below a file system. */
export function jobKinds(state: AzureState): readonly Documents<{ readonly filesystem: ResourceName }>[] {
  return [state.expansionJobs, state.rebalanceJobs, state.blobJobs];
}

/** When the jobs that run will end. */
export function jobsDue(state: AzureState): readonly number[] {
  const running = [...state.expansionJobs.all(), ...state.rebalanceJobs.all()].filter(
    (job) => job.state === 'InProgress',
  );
  return [...running.map((job) => job.endsAt), ...state.blobJobs.all().flatMap((job) => job.endsAt ?? [])];
}

/** Ends what time has ended. Call it in a transaction. */
export function settleJobs(state: AzureState, now: number): void {
  for (const { key, value: job } of state.expansionJobs.entries()) {
    if (job.state === 'InProgress' && job.provisioningState === 'Succeeded' && job.endsAt <= now)
      endExpansion(state, key, job);
  }
  for (const { key, value: job } of state.rebalanceJobs.entries()) {
    if (job.state !== 'InProgress' || job.endsAt > now) continue;
    const { willFail, ...rest } = job;
    state.rebalanceJobs.put(
      key,
      willFail === undefined
        ? { ...rest, state: 'Completed' }
        : { ...rest, state: 'Failed', error: willFail },
    );
  }
  for (const { key, value: job } of state.blobJobs.entries()) {
    if (job.endsAt === undefined || job.endsAt > now || job.provisioningState !== 'Succeeded') continue;
    const { endsAt, willFail, ...rest } = job;
    const end = willFail === undefined ? { state: job.endState } : { state: 'Failed', error: willFail };
    state.blobJobs.put(key, { ...rest, ...end, endedAt: endsAt });
  }
}

/** The operation that makes an expansion job is over: from here on it grows the file system. */
export function endExpansionStart(state: AzureState, { job: key = '', willFail, endsAt }: Operation): void {
  const job = state.expansionJobs.get(key);
  if (job === undefined) return;
  state.expansionJobs.put(
    key,
    willFail === undefined
      ? { ...job, provisioningState: 'Succeeded', endsAt: endsAt + job.growth.lastsMs }
      : { ...job, provisioningState: 'Failed', state: 'Failed', endsAt, error: willFail },
  );
}

export function endBlobJobStart(state: AzureState, { job: key = '', willFail, endsAt }: Operation): void {
  const job = state.blobJobs.get(key);
  if (job === undefined) return;
  state.blobJobs.put(
    key,
    willFail === undefined
      ? { ...job, provisioningState: 'Succeeded' }
      : { ...job, provisioningState: 'Failed', state: 'Failed', endedAt: endsAt, error: willFail },
  );
}

function endExpansion(state: AzureState, key: string, job: ExpansionJob): void {
  const { willFail } = job.growth;
  if (willFail !== undefined) {
    state.expansionJobs.put(key, { ...job, state: 'Failed', error: willFail });
    return;
  }
  const rebalanceJob = job.runRebalanceJob ? `rebalance-${job.name}`.slice(0, 80) : undefined;
  state.expansionJobs.put(key, { ...job, state: 'Completed', ...(rebalanceJob && { rebalanceJob }) });
  const filesystem = state.filesystems.get(resourceKey(job.filesystem));
  if (filesystem !== undefined) {
    state.filesystems.put(resourceKey(filesystem), {
      ...filesystem,
      currentCapacityTiB: job.newStorageCapacityTiB,
    });
  }
  if (rebalanceJob === undefined) return;
  state.rebalanceJobs.put(childKey(job.filesystem, rebalanceJob), {
    filesystem: job.filesystem,
    name: rebalanceJob,
    expansionJob: job.name,
    adminStatus: 'Active',
    state: 'InProgress',
    startedAt: job.endsAt,
    endsAt: job.endsAt + job.rebalance.lastsMs,
    ...(job.rebalance.willFail && { willFail: job.rebalance.willFail }),
  });
}
