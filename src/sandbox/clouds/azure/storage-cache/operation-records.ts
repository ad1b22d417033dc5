import { type ResourceName, resourceKey } from '../arm/resource-id.ts';
import type { AzureState } from '../state/open-state.ts';
import type { Operation, OperationKind } from './operation.ts';

/** Ended operations kept for whoever still polls them; older ones are forgotten. */
const KEPT_OPERATIONS = 1000;

export function findOperation(state: AzureState, id: string): Operation | undefined {
  return state.runningOperations.get(id.toLowerCase()) ?? state.endedOperations.get(id.toLowerCase());
}

export function runningOperation(
  state: AzureState,
  filesystem: ResourceName,
  kinds: readonly OperationKind[],
): Operation | undefined {
  return state.runningOperations
    .all()
    .find(
      (operation) =>
        kinds.includes(operation.kind) && resourceKey(operation.filesystem) === resourceKey(filesystem),
    );
}

/** Keeps how an operation has ended. Call it in a transaction. */
export function endOperation(
  state: AzureState,
  operation: Operation,
  end: Pick<Operation, 'status' | 'error'> & Partial<Pick<Operation, 'endsAt'>>,
): void {
  const { willFail: _, ...rest } = operation;
  state.runningOperations.delete(operation.id);
  state.endedOperations.put(operation.id, { ...rest, ...end });
  const ended = state.endedOperations.all();
  if (ended.length <= KEPT_OPERATIONS) return;
  // Half of them at once, so that this is not done for every operation.
  const oldest = [...ended].sort((a, b) => a.endsAt - b.endsAt).slice(0, ended.length - KEPT_OPERATIONS / 2);
  for (const { id } of oldest) state.endedOperations.delete(id);
}
