import { resourceId } from '../arm/resource-id.ts';
import { type BlobJob, blobJobKinds } from './blob-job.ts';
import type { ExpansionJob, RebalanceJob } from './filesystem.ts';
import { type OperationError, progress } from './operation.ts';

const TYPE = 'Microsoft.StorageCache/amlFilesystems';

const utc = (milliseconds: number) => new Date(milliseconds).toISOString();

/** An expansion job as ARM shows it. Times in its status are UTC. */
export function expansionJobBody(
  subscriptionId: string,
  job: ExpansionJob,
  now: number,
  apiVersion: string,
): object {
  const { rebalanceJob } = job;
  const newest = apiVersion >= '2026-08-01';
  return {
    ...head(subscriptionId, job, 'expansionJobs'),
    location: job.location,
    tags: job.tags,
    properties: {
      provisioningState: job.provisioningState,
      newStorageCapacityTiB: job.newStorageCapacityTiB,
      ...(newest && { runRebalanceJob: job.runRebalanceJob }),
      ...(newest &&
        rebalanceJob && { rebalanceJobId: idOf(subscriptionId, job, 'rebalanceJobs', rebalanceJob) }),
      status: statusOf(job, 'Expansion', now),
    },
  };
}

/** A rebalance job as ARM shows it; what it moves is as little as a sandbox holds. */
export function rebalanceJobBody(subscriptionId: string, job: RebalanceJob, now: number): object {
  const left = Math.ceil(Math.max(0, job.endsAt - now) / 1000);
  return {
    ...head(subscriptionId, job, 'rebalanceJobs'),
    properties: {
      provisioningState: 'Succeeded',
      adminStatus: job.adminStatus,
      expansionJobId: idOf(subscriptionId, job, 'expansionJobs', job.expansionJob),
      status: {
        ...statusOf(job, 'Rebalance', now),
        balancePercent: percentOf(job, now),
        ...(job.state === 'InProgress' && { estimatedRemainingSeconds: left }),
        filesMigrated: 0,
        dirsMigrated: 0,
        bytesMoved: 0,
        totalErrors: 0,
        totalSkipped: 0,
      },
    },
  };
}

/** An import, auto-import or auto-export job as ARM shows it. */
export function blobJobBody(subscriptionId: string, job: BlobJob): object {
  const times =
    job.kind === 'importJobs'
      ? { started: 'lastStartedTime', completed: 'lastCompletionTime' }
      : { started: 'lastStartedTimeUTC', completed: 'lastCompletionTimeUTC' };
  return {
    ...head(subscriptionId, job, job.kind),
    location: job.location,
    tags: job.tags,
    properties: {
      ...job.properties,
      provisioningState: job.provisioningState,
      status: {
        state: job.state,
        ...told(job.error, `${blobJobKinds[job.kind].prefixes} are served`),
        [times.started]: utc(job.startedAt),
        ...(job.endedAt !== undefined && { [times.completed]: utc(job.endedAt) }),
      },
    },
  };
}

type Timed = Pick<ExpansionJob | RebalanceJob, 'state' | 'startedAt' | 'endsAt'> & {
  readonly error?: OperationError;
};

function statusOf(job: Timed, what: string, now: number): object {
  return {
    state: job.state,
    percentComplete: percentOf(job, now),
    ...told(job.error, `${what} is ${job.state === 'InProgress' ? 'in progress' : job.state.toLowerCase()}`),
    startTimeUTC: utc(job.startedAt),
    ...(job.state !== 'InProgress' && { completionTimeUTC: utc(job.endsAt) }),
  };
}

function told(error: OperationError | undefined, message: string): object {
  return error === undefined
    ? { statusMessage: message }
    : { statusCode: error.code, statusMessage: error.message };
}

/** 100 is said only of what is complete. */
function percentOf(job: Timed, now: number): number {
  if (job.state === 'Completed') return 100;
  return Math.floor(progress(job.startedAt, job.endsAt, Math.min(now, job.endsAt)) * 99);
}

type Child = Pick<ExpansionJob, 'filesystem' | 'name'>;

function head(subscriptionId: string, job: Child, type: string): object {
  return { id: idOf(subscriptionId, job, type, job.name), name: job.name, type: `${TYPE}/${type}` };
}

function idOf(subscriptionId: string, { filesystem }: Child, type: string, name: string): string {
  return `${resourceId(subscriptionId, TYPE, filesystem)}/${type}/${name}`;
}
