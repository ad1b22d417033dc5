import { randomUUID } from 'node:crypto';
import type { Clock } from '../../../../async/clock.ts';
import { type ResourceName, resourceKey } from '../arm/resource-id.ts';
import { numberParameter, textParameter } from '../faults/fault.ts';
import type { FaultBook, Struck } from '../faults/fault-book.ts';
import type { AzureState } from '../state/open-state.ts';
import type { Operation, OperationKind } from './operation.ts';
import { duration } from './timing.ts';

/** What the work on file systems stands on. */
export interface FilesystemContext {
  readonly state: AzureState;
  readonly faults: FaultBook;
  readonly clock: Clock;
  /** How many times faster than in the real service time passes. */
  readonly timeScale: number;
}

/** Ended operations kept for whoever still polls them; older ones are forgotten. */
const KEPT_OPERATIONS = 1000;

export interface NewOperation {
  readonly kind: OperationKind;
  readonly filesystem: ResourceName;
  readonly location: string;
  readonly expansionJob?: string;
}

/** Records an accepted operation, with its end, and how a fault lets it end. */
export function startOperation(context: FilesystemContext, wanted: NewOperation, struck: Struck): Operation {
  const startedAt = context.clock.now();
  const usual = duration(wanted.kind, context.timeScale);
  const fault = context.faults.take(
    'lro-failure',
    struck,
    (candidate) => textParameter(candidate, 'operation', 'create') === wanted.kind,
  );
  const share = fault === undefined ? 1 : numberParameter(fault, 'atPercent', 100) / 100;
  const operation: Operation = {
    ...wanted,
    id: randomUUID(),
    startedAt,
    endsAt: startedAt + usual * share,
    usualEndsAt: startedAt + usual,
    status: 'InProgress',
    ...(fault === undefined ? {} : { willFail: failure(textParameter(fault, 'code', '')) }),
  };
  context.state.operations.put(operation.id, operation);
  prune(context.state);
  return operation;
}

function failure(code: string) {
  return { code, message: `The operation failed with ${code}. (A fault set in the sandbox.)` };
}

export function runningOperation(
  state: AzureState,
  filesystem: ResourceName,
  kinds: readonly OperationKind[],
): Operation | undefined {
  return state.operations
    .all()
    .find(
      (operation) =>
        operation.status === 'InProgress' &&
        kinds.includes(operation.kind) &&
        resourceKey(operation.filesystem) === resourceKey(filesystem),
    );
}

/** Ends what runs on a file system because its deletion overtakes it. */
export function preemptOperations(context: FilesystemContext, filesystem: ResourceName): void {
  for (const kind of ['create', 'update', 'expand'] as const) {
    const operation = runningOperation(context.state, filesystem, [kind]);
    if (operation === undefined) continue;
    context.state.operations.put(operation.id, {
      ...operation,
      endsAt: context.clock.now(),
      status: 'Canceled',
      error: {
        code: 'OperationPreempted',
        message: 'A deletion of the resource has replaced the operation.',
      },
    });
  }
}

function prune(state: AzureState): void {
  const ended = state.operations
    .all()
    .filter((operation) => operation.status !== 'InProgress')
    .sort((a, b) => b.endsAt - a.endsAt);
  for (const operation of ended.slice(KEPT_OPERATIONS)) state.operations.delete(operation.id);
}
