import * as z from 'zod/mini';
import { parseBody } from './aml-filesystem-wire.ts';
import type { BlobJob, ExpansionJob, RebalanceJob } from './aml-jobs.ts';

const expansionStates = ['InProgress', 'Completed', 'Failed', 'Deleting', 'RollingBack'] as const;
const rebalanceStates = [
  'InProgress',
  'Cancelling',
  'Canceled',
  'Completed',
  'Failed',
  'Deleting',
  'RollingBack',
] as const;

const status = z.object({
  state: z.optional(z.string()),
  statusCode: z.optional(z.string()),
  statusMessage: z.optional(z.string()),
  percentComplete: z.optional(z.number()),
  startTimeUTC: z.optional(z.string()),
  estimatedRemainingSeconds: z.optional(z.number()),
});

const expansionJob = z.object({
  name: z.string(),
  properties: z.object({
    provisioningState: z.optional(z.string()),
    newStorageCapacityTiB: z.number(),
    status: z.optional(status),
  }),
});

const rebalanceJob = z.object({
  name: z.string(),
  properties: z.object({ provisioningState: z.optional(z.string()), status: z.optional(status) }),
});

const blobJob = z.object({
  properties: z.object({ provisioningState: z.optional(z.string()), status: z.optional(status) }),
});

/** Throws AzureError for a body in a form that is not documented. */
export function parseExpansionJob(body: unknown): ExpansionJob {
  const { name, properties } = parseBody('expansionJobs', expansionJob, body);
  return {
    name,
    newStorageCapacityTiB: properties.newStorageCapacityTiB,
    state: stateOf(properties, expansionStates),
    ...common(properties.status),
  };
}

/** Throws AzureError for a body in a form that is not documented. */
export function parseRebalanceJob(body: unknown): RebalanceJob {
  const { name, properties } = parseBody('rebalanceJobs', rebalanceJob, body);
  const seconds = properties.status?.estimatedRemainingSeconds;
  return {
    name,
    state: stateOf(properties, rebalanceStates),
    ...common(properties.status),
    ...(seconds !== undefined && { remainingMs: seconds * 1000 }),
  };
}

/** Throws AzureError for a body in a form that is not documented. */
export function parseBlobJob(body: unknown): BlobJob {
  const { properties } = parseBody('blob jobs', blobJob, body);
  const { detail } = common(properties.status);
  return { failed: stateOf(properties, []) === 'Failed' || properties.status?.state === 'Failed', detail };
}

/**
 * A job whose resource could not be made has no status of its own, and a state that a later version of the service may
 * add is one in which something is under way.
 */
function stateOf<State extends string>(
  {
    provisioningState,
    status: told,
  }: { provisioningState?: string | undefined; status?: z.infer<typeof status> | undefined },
  states: readonly State[],
): State | 'Failed' | 'InProgress' {
  if (provisioningState === 'Failed' || provisioningState === 'Canceled') return 'Failed';
  return states.find((state) => state === told?.state) ?? 'InProgress';
}

function common(told: z.infer<typeof status> | undefined) {
  const startedAt = Date.parse(told?.startTimeUTC ?? '');
  const detail = [told?.statusCode, told?.statusMessage].filter(Boolean).join(': ');
  return {
    ...(told?.percentComplete !== undefined && { percent: Math.min(Math.max(told.percentComplete, 0), 100) }),
    ...(detail !== '' && { detail }),
    ...(!Number.isNaN(startedAt) && { startedAt }),
  };
}
