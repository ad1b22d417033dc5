import { randomUUID } from 'node:crypto';
import type { Clock } from '../../../../async/clock.ts';
import { numberParameter, textParameter } from '../../faults/fault.ts';
import type { Struck } from '../../faults/fault-book.ts';
import type { ResourceName } from '../arm/resource-id.ts';
import type { FaultBook } from '../faults/fault.ts';
import type { AzureState } from '../state/open-state.ts';
import type { Operation, OperationKind } from './operation.ts';
import { endOperation, runningOperation } from './operation-records.ts';
import { duration } from './timing.ts';

/** What the work on file systems stands on. */
export interface FilesystemContext {
  readonly state: AzureState;
  readonly faults: FaultBook;
  readonly clock: Clock;
  /** How many times faster than in the real service time passes. */
  readonly timeScale: number;
}

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
  context.state.runningOperations.put(operation.id, operation);
  return operation;
}

function failure(code: string) {
  return { code, message: `The operation failed with ${code}. (A fault set in the sandbox.)` };
}

/** Ends what runs on a file system because its deletion overtakes it. */
export function preemptOperations(context: FilesystemContext, filesystem: ResourceName): void {
  for (const kind of ['create', 'update', 'expand'] as const) {
    const operation = runningOperation(context.state, filesystem, [kind]);
    if (operation === undefined) continue;
    endOperation(context.state, operation, {
      endsAt: context.clock.now(),
      status: 'Canceled',
      error: {
        code: 'OperationPreempted',
        message: 'A deletion of the resource has replaced the operation.',
      },
    });
  }
}
