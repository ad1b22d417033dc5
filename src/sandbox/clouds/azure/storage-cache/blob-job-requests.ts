import type { Struck } from '../../faults/fault-book.ts';
import { ArmError } from '../arm/arm-error.ts';
import { invalidParameter, type JsonReader, readJson } from '../arm/json-reader.ts';
import { childKey, resourceKey } from '../arm/resource-id.ts';
import { readTags } from '../arm/tags.ts';
import { type BlobJob, type BlobJobKind, blobJobKinds } from './blob-job.ts';
import type { Filesystem } from './filesystem.ts';
import type { Operation } from './operation.ts';
import { runningOperation } from './operation-records.ts';
import { checkPrefixes } from './parse-extras.ts';
import { checkJobName } from './parse-filesystem.ts';
import { type FilesystemContext, planCourse, startOperation } from './start-operation.ts';
import { duration } from './timing.ts';

const CONFLICT_MODES = ['Fail', 'Skip', 'OverwriteIfDirty', 'OverwriteAlways'];

/** PUT of an import, auto-import or auto-export job. Throws ArmError. */
export function putBlobJob(
  context: FilesystemContext,
  filesystem: Filesystem,
  kind: BlobJobKind,
  name: string,
  body: unknown,
  struck: Struck,
): { readonly job: BlobJob; readonly operation: Operation | undefined; readonly created: boolean } {
  checkJobName(name);
  const reader = readJson(body);
  const properties = parseProperties(kind, reader.optionalObject('properties'));
  const key = childKey(filesystem, kind, name);
  const existing = context.state.blobJobs.get(key);
  if (existing !== undefined) {
    const operation = runningOperation(context.state, filesystem, ['blob-job']);
    return { job: existing, operation, created: false };
  }
  checkPossible(context, filesystem, kind);
  const startedAt = context.clock.now();
  const { usualMs: _, lastsMs, willFail } = planCourse(context, 'import', struck);
  // Only an import comes to an end by itself; the others fail at once where a fault has it so.
  const ends = kind === 'importJobs' || willFail !== undefined;
  const job: BlobJob = {
    kind,
    filesystem: { resourceGroup: filesystem.resourceGroup, name: filesystem.name },
    name,
    location: filesystem.location,
    tags: readTags(reader) ?? {},
    properties,
    provisioningState: 'Creating',
    state: 'InProgress',
    startedAt,
    endState: 'Completed',
    ...(ends && { endsAt: startedAt + duration('blob-job', context.timeScale) + lastsMs }),
    ...(willFail && { willFail }),
  };
  context.state.blobJobs.put(key, job);
  const wanted = { kind: 'blob-job', filesystem: job.filesystem, location: job.location, job: key } as const;
  return { job, operation: startOperation(context, wanted, struck), created: true };
}

/** PATCH: ends a job, or lets it go on, and changes its tags. Throws ArmError. */
export function patchBlobJob(context: FilesystemContext, job: BlobJob, body: unknown): BlobJob {
  const reader = readJson(body);
  const { adminStatuses, ending, ended } = blobJobKinds[job.kind];
  const [on, off] = adminStatuses;
  const status = reader.optionalObject('properties')?.optionalText('adminStatus');
  if (status !== undefined && !adminStatuses.includes(status))
    throw invalidParameter('properties.adminStatus', `Valid values are: ${adminStatuses.join(', ')}.`);
  const tagged = { ...job, tags: readTags(reader) ?? job.tags };
  const turned =
    status === off && job.state === 'InProgress'
      ? {
          properties: { ...job.properties, adminStatus: off },
          state: ending,
          endsAt: context.clock.now() + duration('blob-job', context.timeScale),
          endState: ended,
        }
      : status === on && job.state === ended
        ? { properties: { ...job.properties, adminStatus: on }, state: 'InProgress' }
        : {};
  return { ...tagged, ...turned };
}

function checkPossible({ state }: FilesystemContext, filesystem: Filesystem, kind: BlobJobKind): void {
  const hsm = filesystem.extras.hsm as { settings?: unknown } | undefined;
  if (hsm?.settings === undefined)
    throw new ArmError(
      400,
      'HsmNotConfigured',
      `The file system '${filesystem.name}' has no blob container: ${kind} need hsm.settings.`,
    );
  const busy = state.blobJobs
    .all()
    .find(
      (job) =>
        job.kind === kind &&
        resourceKey(job.filesystem) === resourceKey(filesystem) &&
        ['InProgress', 'Disabling', 'Cancelling'].includes(job.state),
    );
  if (busy === undefined) return;
  throw new ArmError(
    409,
    'AnotherOperationInProgress',
    `The job '${busy.name}' is in progress; one of ${kind} is allowed at a time.`,
  );
}

function parseProperties(kind: BlobJobKind, given: JsonReader | undefined): Record<string, unknown> {
  const { prefixes, mostPrefixes, adminStatuses } = blobJobKinds[kind];
  const reader = given ?? readJson({}, 'properties');
  checkPrefixes(reader, prefixes, mostPrefixes);
  const mode = reader.optionalText('conflictResolutionMode') ?? 'Skip';
  if (!CONFLICT_MODES.includes(mode))
    throw invalidParameter(
      'properties.conflictResolutionMode',
      `Valid values are: ${CONFLICT_MODES.join(', ')}.`,
    );
  const status = reader.optionalText('adminStatus') ?? adminStatuses[0];
  if (!adminStatuses.includes(status))
    throw invalidParameter('properties.adminStatus', `Valid values are: ${adminStatuses.join(', ')}.`);
  const maximumErrors = reader.optionalNumber('maximumErrors') ?? (kind === 'importJobs' ? 0 : -1);
  if (!Number.isInteger(maximumErrors) || maximumErrors < -1)
    throw invalidParameter('properties.maximumErrors', 'The value must be -1 or more.');
  return {
    adminStatus: status,
    [prefixes]: reader.optionalTexts(prefixes) ?? ['/'],
    ...(kind === 'autoExportJobs' ? {} : { conflictResolutionMode: mode, maximumErrors }),
    ...(kind === 'autoImportJobs' && { enableDeletions: reader.optionalFlag('enableDeletions') ?? false }),
  };
}
