import { randomUUID } from 'node:crypto';
import type { Clock } from '../../../../async/clock.ts';
import { numberParameter, textParameter } from '../../faults/fault.ts';
import type { Struck } from '../../faults/fault-book.ts';
import type { ResourceName } from '../arm/resource-id.ts';
import type { Fault, FaultBook } from '../faults/fault-kinds.ts';
import type { AzureState } from '../state/open-state.ts';
import type { JobCourse } from './filesystem.ts';
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
  readonly job?: string;
}

/** Records an accepted operation, with its end, and how a fault lets it end. */
export function startOperation(context: FilesystemContext, wanted: NewOperation, struck: Struck): Operation {
  const startedAt = context.clock.now();
  const { usualMs, lastsMs, willFail } = planCourse(context, wanted.kind, struck);
  const operation: Operation = {
    ...wanted,
    id: randomUUID(),
    startedAt,
    endsAt: startedAt + lastsMs,
    usualEndsAt: startedAt + usualMs,
    status: 'InProgress',
    ...(willFail && { willFail }),
  };
  context.state.runningOperations.put(operation.id, operation);
  return operation;
}

/** How long work of a kind will take and whether it will fail, as the faults that strike the request have it. */
export function planCourse(
  { faults, timeScale }: FilesystemContext,
  kind: Parameters<typeof duration>[0],
  struck: Struck,
): JobCourse & { readonly usualMs: number } {
  const meant = (fault: Fault) => textParameter(fault, 'operation', 'create') === kind;
  const slow = faults.take('lro-slow', struck, meant);
  const failure = faults.take('lro-failure', struck, meant);
  const usualMs = duration(kind, timeScale) * (slow === undefined ? 1 : numberParameter(slow, 'factor', 1));
  if (failure === undefined) return { usualMs, lastsMs: usualMs };
  const code = textParameter(failure, 'code', '');
  const share = numberParameter(failure, 'atPercent', 100) / 100;
  const message = `The operation failed with ${code}. (A fault set in the sandbox.)`;
  return { usualMs, lastsMs: usualMs * share, willFail: { code, message } };
}

/** Ends what runs on a file system because its deletion overtakes it. */
export function preemptOperations(context: FilesystemContext, filesystem: ResourceName): void {
  const kinds = ['create', 'update', 'expand', 'blob-job'] as const;
  const next = () => runningOperation(context.state, filesystem, kinds);
  for (let operation = next(); operation !== undefined; operation = next()) {
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
