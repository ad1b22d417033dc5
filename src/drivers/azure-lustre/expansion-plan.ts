import type { AmlFilesystemSku } from '../../cloud/azure/aml-filesystem.ts';
import type { ExpansionJob } from '../../cloud/azure/aml-jobs.ts';
import { formatBytes } from '../../units/bytes.ts';
import type { Refusal } from '../refusal.ts';
import {
  bytesOfTiB,
  type CapacityRange,
  describeRounding,
  planCapacity,
  sizeLimits,
  tibOfBytes,
} from './capacity.ts';
import type { ClassSettings } from './class-settings.ts';

/** What Azure says about a file system that is to grow. */
export interface ExpansionFacts {
  readonly currentBytes: bigint;
  readonly jobs: readonly ExpansionJob[];
  /** Undefined where its location no longer lists it. */
  readonly sku: AmlFilesystemSku | undefined;
  readonly settings: Pick<ClassSettings, 'largeCluster' | 'maxRounding'>;
}

/** The next step: nothing, waiting for a job that runs, or beginning one. */
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
  | { readonly type: 'refuse'; readonly refusal: Refusal };

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
  return {
    type: 'begin',
    jobName: jobName(planned.bytes, jobs),
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
function jobName(bytes: bigint, jobs: readonly ExpansionJob[]): string {
  const base = `expand-to-${String(tibOfBytes(bytes)).replace('.', '_')}tib`;
  const failed = jobs.filter(({ name }) => name === base || name.startsWith(`${base}-`)).length;
  return failed === 0 ? base : `${base}-${failed + 1}`;
}

function refuse(message: string, fix: string): ExpansionStep {
  return {
    type: 'refuse',
    refusal: { code: 'out-of-range', field: 'resources.requests.storage', message, fix },
  };
}
