import type { AmlFilesystemSku } from '../../../cloud/azure/aml-filesystem.ts';
import type { ExpansionJob } from '../../../cloud/azure/aml-jobs.ts';
import { formatBytes } from '../../../units/bytes.ts';
import type { Refusal } from '../../refusal.ts';
import {
  bytesOfTiB,
  type CapacityRange,
  describeRounding,
  planCapacity,
  sizeLimits,
  tibOfBytes,
} from '../capacity.ts';
import type { ClassSettings } from '../parameters/class-settings.ts';

/** What Azure says about a file system that is to grow. */
export interface ExpansionFacts {
  readonly currentBytes: bigint;
  readonly jobs: readonly ExpansionJob[];
  /** Undefined where its location no longer lists it. */
  readonly sku: AmlFilesystemSku | undefined;
  readonly settings: Pick<ClassSettings, 'largeCluster' | 'maxRounding'>;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** The next step: nothing, waiting for a job that runs, beginning one, or letting time pass after others that failed. */
export type ExpansionStep =
  | { readonly type: 'enough'; readonly bytes: bigint }
  | { readonly type: 'follow'; readonly job: ExpansionJob }
  | {
      readonly type: 'begin';
      readonly jobName: string;
      readonly bytes: bigint;
      /** What to tell whoever asked for less than this. */
      readonly rounding: string | undefined;
    }
  | { readonly type: 'rest'; readonly failed: ExpansionJob; readonly until: number }
  | { readonly type: 'refuse'; readonly refusal: Refusal };

/** Every try leaves a record in Azure, and what failed twice hardly succeeds a minute later. */
const shortestRestMs = 600_000;
const longestRestMs = 3_600_000;

const rpc = 'ControllerExpandVolume';

/**
 * Pure. Azure allows one job at a time, so one that runs is waited for, whoever began it and whatever its size. Nothing
 * ever shrinks: a file system that is large enough stays as it is.
 */
export function planExpansion(range: CapacityRange, facts: ExpansionFacts): ExpansionStep {
  const { jobs, sku, settings } = facts;
  const bytes = grownBytes(facts);
  if (range.limitBytes > 0n && bytes > range.limitBytes)
    return refuse(
      `${rpc}: the file system has ${formatBytes(bytes)} and cannot shrink to ${formatBytes(range.limitBytes)}`,
      `allow ${formatBytes(bytes)}`,
    );
  if (bytes >= range.requiredBytes) return { type: 'enough', bytes };
  const running = jobs.find(({ state }) => state !== 'Completed' && state !== 'Failed');
  if (running !== undefined) return { type: 'follow', job: running };
  const limits = sku && sizeLimits(sku, settings);
  if (sku === undefined || limits === undefined)
    return refuse(
      `${rpc}: Azure lists no sizes for this file system's SKU in its location (large-cluster: ${settings.largeCluster})`,
      'it keeps the size it has',
    );
  const planned = planCapacity(range, limits, rpc);
  if (planned.refusal !== undefined) return { type: 'refuse', refusal: planned.refusal };
  const tried = jobsFor(planned.bytes, jobs);
  const rest = restAfter(tried);
  if (rest !== undefined && facts.now < rest.until) return { type: 'rest', ...rest };
  return {
    type: 'begin',
    jobName: jobName(planned.bytes, tried.length),
    bytes: planned.bytes,
    rounding: describeRounding(range, planned.bytes, sku),
  };
}

/** A job that is complete counts, even where the file system's own record is behind. */
function grownBytes({ currentBytes, jobs }: ExpansionFacts): bigint {
  const complete = jobs.filter(({ state }) => state === 'Completed');
  return bytesOfTiB(Math.max(tibOfBytes(currentBytes), ...complete.map((job) => job.newStorageCapacityTiB)));
}

/**
 * Follows from the size alone, so that whoever begins the same growth begins the same job. Jobs that failed keep their
 * names and their reasons; a further try counts on.
 */
function jobName(bytes: bigint, triesBefore: number): string {
  const base = `expand-to-${String(tibOfBytes(bytes)).replace('.', '_')}tib`;
  return triesBefore === 0 ? base : `${base}-${triesBefore + 1}`;
}

function jobsFor(bytes: bigint, jobs: readonly ExpansionJob[]): readonly ExpansionJob[] {
  const first = jobName(bytes, 0);
  return jobs.filter(({ name }) => name === first || name.startsWith(`${first}-`));
}

/** After one failure the caller's own patience counts; then ten minutes, doubled each time up to an hour. */
function restAfter(
  tried: readonly ExpansionJob[],
): { readonly failed: ExpansionJob; readonly until: number } | undefined {
  const began = ({ startedAt = 0 }: ExpansionJob) => startedAt;
  const failed = tried.filter(({ state }) => state === 'Failed').sort((a, b) => began(b) - began(a));
  const [last] = failed;
  if (last?.startedAt === undefined || failed.length < 2) return undefined;
  const restMs = Math.min(longestRestMs, shortestRestMs * 2 ** (failed.length - 2));
  return { failed: last, until: last.startedAt + restMs };
}

function refuse(message: string, fix: string): ExpansionStep {
  return {
    type: 'refuse',
    refusal: { code: 'out-of-range', field: 'resources.requests.storage', message, fix },
  };
}
