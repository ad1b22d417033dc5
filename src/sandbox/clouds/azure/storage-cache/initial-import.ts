import { childKey, resourceKey } from '../arm/resource-id.ts';
import type { Operation } from './operation.ts';
import type { FilesystemContext } from './start-operation.ts';
import { duration } from './timing.ts';

/** A file system made with a blob container gets an import job with its creation. Call it in a transaction. */
export function beginInitialImport({ state, timeScale }: FilesystemContext, created: Operation): void {
  const filesystem = state.filesystems.get(resourceKey(created.filesystem));
  const settings = (filesystem?.extras.hsm as { settings?: { importPrefixesInitial?: unknown } } | undefined)
    ?.settings;
  if (filesystem === undefined || settings === undefined) return;
  const key = childKey(filesystem, 'importJobs', 'initial-import');
  if (state.blobJobs.get(key) !== undefined) return;
  state.blobJobs.put(key, {
    kind: 'importJobs',
    filesystem: created.filesystem,
    name: 'initial-import',
    location: filesystem.location,
    tags: {},
    properties: {
      adminStatus: 'Active',
      importPrefixes: settings.importPrefixesInitial ?? ['/'],
      conflictResolutionMode: 'Skip',
      maximumErrors: -1,
    },
    provisioningState: 'Succeeded',
    state: 'InProgress',
    startedAt: created.endsAt,
    endsAt: created.endsAt + duration('import', timeScale),
    endState: 'Completed',
  });
}
