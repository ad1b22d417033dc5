import type { ResourceName } from '../arm/resource-id.ts';

/** A long-running operation. Times are milliseconds since the epoch, so that a restart goes on where it was. */
export interface Operation {
  readonly id: string;
  readonly kind: OperationKind;
  readonly filesystem: ResourceName;
  /** For `expand` and `blob-job`: the key of the job that the operation makes. */
  readonly job?: string;
  readonly location: string;
  readonly startedAt: number;
  /** When it ends; before `usualEndsAt` where a fault cuts it short. */
  readonly endsAt: number;
  readonly usualEndsAt: number;
  readonly status: 'InProgress' | 'Succeeded' | 'Failed' | 'Canceled';
  readonly error?: OperationError;
  /** Set by a fault when the operation was accepted: how it will end. */
  readonly willFail?: OperationError;
}

export type OperationKind = 'create' | 'update' | 'delete' | 'expand' | 'blob-job';

export interface OperationError {
  readonly code: string;
  readonly message: string;
}

/** Per cent of the time that has passed; 100 is said only of what has ended. */
export function percentComplete(operation: Operation, now: number): number {
  if (operation.status === 'Succeeded') return 100;
  return Math.floor(
    progress(operation.startedAt, operation.usualEndsAt, Math.min(now, operation.endsAt)) * 99,
  );
}

/** Between 0 and 1. */
export function progress(startedAt: number, endsAt: number, now: number): number {
  if (endsAt <= startedAt) return 1;
  return Math.min(1, Math.max(0, (now - startedAt) / (endsAt - startedAt)));
}

export function operationId(subscriptionId: string, operation: Operation): string {
  return `/subscriptions/${subscriptionId}/providers/Microsoft.StorageCache/locations/${operation.location}/ascOperations/${operation.id}`;
}

/** The body an `Azure-AsyncOperation` URL answers with. A failure, too, comes with HTTP 200. */
export function operationBody(subscriptionId: string, operation: Operation, now: number): object {
  const ended = operation.status !== 'InProgress';
  return {
    id: operationId(subscriptionId, operation),
    name: operation.id,
    status: operation.status,
    startTime: new Date(operation.startedAt).toISOString(),
    ...(ended ? { endTime: new Date(operation.endsAt).toISOString() } : {}),
    percentComplete: percentComplete(operation, now),
    ...(operation.error === undefined ? {} : { error: operation.error }),
  };
}

/** The headers of an accepted operation, and of an answer that says it still runs. */
export function operationHeaders(
  operation: Operation,
  where: { readonly baseUrl: string; readonly subscriptionId: string; readonly apiVersion: string },
  retryAfterSeconds: number,
): Readonly<Record<string, string>> {
  const url = `${where.baseUrl}${operationId(where.subscriptionId, operation)}`;
  return {
    'Azure-AsyncOperation': `${url}?api-version=${where.apiVersion}`,
    Location: `${url}?monitor=true&api-version=${where.apiVersion}`,
    'Retry-After': String(retryAfterSeconds),
  };
}
