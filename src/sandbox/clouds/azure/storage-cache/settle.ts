import type { FileSystemDirectories } from '../../file-system-directories.ts';
import { resourceKey } from '../arm/resource-id.ts';
import type { Filesystem } from './filesystem.ts';
import { beginInitialImport } from './initial-import.ts';
import type { Operation, OperationError } from './operation.ts';
import { endOperation } from './operation-records.ts';
import { endBlobJobStart, endExpansionStart, jobKinds, jobsDue, settleJobs } from './settle-jobs.ts';
import type { FilesystemContext } from './start-operation.ts';
import { SERVING_AFTER } from './timing.ts';

/**
 * Does what time has brought: lets file systems serve, ends operations and expansions. Returns when to look again.
 * The directories change before the state says so, hence a kill between the two is made good by the next call.
 */
export function settle(context: FilesystemContext, directories: FileSystemDirectories): number | undefined {
  const now = context.clock.now();
  const { state } = context;
  state.transaction(() => {
    for (const operation of state.runningOperations.all()) {
      const failed = servesFrom(operation) <= now ? startServing(context, directories, operation) : undefined;
      if (failed !== undefined || operation.endsAt <= now) {
        end(context, directories, failed === undefined ? operation : { ...operation, willFail: failed });
      }
    }
    settleJobs(state, now);
  });
  const due = [
    ...state.runningOperations.all().flatMap((operation) => [servesFrom(operation), operation.endsAt]),
    ...jobsDue(state),
  ].filter((at) => at > now);
  return due.length === 0 ? undefined : Math.min(...due);
}

/** When a creation that will succeed brings up the MGS; never for anything else. */
function servesFrom(operation: Operation): number {
  if (operation.kind !== 'create' || operation.willFail !== undefined) return Infinity;
  return operation.startedAt + (operation.endsAt - operation.startedAt) * SERVING_AFTER;
}

/** Undefined, or why the file system cannot serve: then its creation fails. */
function startServing(
  context: FilesystemContext,
  directories: FileSystemDirectories,
  operation: Operation,
): OperationError | undefined {
  const filesystem = context.state.filesystems.get(resourceKey(operation.filesystem));
  if (filesystem === undefined || filesystem.serving) return undefined;
  try {
    directories.create(filesystem.mgsAddress);
  } catch (error) {
    return {
      code: 'InternalExecutionError',
      message: error instanceof Error ? error.message : String(error),
    };
  }
  change(context, filesystem, { serving: true });
  return undefined;
}

function end(context: FilesystemContext, directories: FileSystemDirectories, operation: Operation): void {
  const { willFail } = operation;
  endOperation(
    context.state,
    operation,
    willFail === undefined ? { status: 'Succeeded' } : { status: 'Failed', error: willFail },
  );
  if (operation.kind === 'expand') endExpansionStart(context.state, operation);
  else if (operation.kind === 'blob-job') endBlobJobStart(context.state, operation);
  else if (willFail !== undefined) change(context, operation.filesystem, { provisioningState: 'Failed' });
  else if (operation.kind === 'delete') remove(context, directories, operation);
  else {
    change(context, operation.filesystem, { provisioningState: 'Succeeded' });
    if (operation.kind === 'create') beginInitialImport(context, operation);
  }
}

function remove(context: FilesystemContext, directories: FileSystemDirectories, operation: Operation): void {
  const key = resourceKey(operation.filesystem);
  const filesystem = context.state.filesystems.get(key);
  if (filesystem === undefined) return;
  directories.remove(filesystem.mgsAddress);
  for (const jobs of jobKinds(context.state)) {
    for (const job of jobs.entries()) if (resourceKey(job.value.filesystem) === key) jobs.delete(job.key);
  }
  context.state.filesystems.delete(key);
}

function change(
  context: FilesystemContext,
  of: Pick<Filesystem, 'resourceGroup' | 'name'>,
  changes: Partial<Filesystem>,
): void {
  const filesystem = context.state.filesystems.get(resourceKey(of));
  if (filesystem === undefined) return;
  context.state.filesystems.put(resourceKey(filesystem), { ...filesystem, ...changes });
}
