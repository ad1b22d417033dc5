import { CsiError } from './errors.ts';
import type { ControllerService, Rpc } from './service.ts';

type SnapshotRpcs = Pick<
  ControllerService,
  'createSnapshot' | 'deleteSnapshot' | 'listSnapshots' | 'getSnapshot'
>;

/** UNIMPLEMENTED with the driver's own reason instead of the general one; nothing where it gives none. */
export function refusedSnapshots(reason: string | undefined): SnapshotRpcs {
  if (reason === undefined) return {};
  const refuse: Rpc<unknown, never> = async () => {
    throw new CsiError('unimplemented', reason);
  };
  return { createSnapshot: refuse, deleteSnapshot: refuse, listSnapshots: refuse, getSnapshot: refuse };
}
