import * as z from 'zod/mini';
import type { ArmClient, ArmResponse } from './arm-client.ts';
import { operationError } from './arm-error.ts';
import type { AzureError } from './azure-error.ts';
import { parseRetryAfter } from './retry-plan.ts';

/**
 * A long-running operation that ARM lets us follow at a URL of its own (ARM RPC, "Asynchronous operations"). Where a
 * response names none, and after a restart of this process, the resource's `provisioningState` tells the same story
 * without a percentage: that is what polling `get` is for.
 */
export interface Operation {
  /** A monitor answers with `status`; a result URL answers 202 until the work is done. */
  readonly style: 'monitor' | 'result';
  readonly url: string;
}

export type OperationState =
  | {
      readonly type: 'running';
      /** ARM's word for it, e.g. `InProgress`. */
      readonly status: string;
      /** 0 to 100, where the service says so. */
      readonly percent: number | undefined;
      readonly retryAfterMs: number | undefined;
      /** Where to look next; ARM may move it. */
      readonly operation: Operation;
    }
  | { readonly type: 'succeeded' }
  | { readonly type: 'failed'; readonly error: AzureError };

const operationBody = z.object({
  status: z.optional(z.string()),
  percentComplete: z.optional(z.number()),
  properties: z.optional(z.object({ provisioningState: z.optional(z.string()) })),
});

/** The operation a response to PUT, PATCH, POST or DELETE names; Azure-AsyncOperation goes before Location, as in ARM's rules. */
export function operationOf(response: ArmResponse): Operation | undefined {
  const monitor = response.header('azure-asyncoperation') ?? response.header('operation-location');
  if (monitor) return { style: 'monitor', url: monitor };
  const result = response.header('location');
  // A Location on 200 or 201 is the resource itself, not an operation.
  return result && response.status === 202 ? { style: 'result', url: result } : undefined;
}

/** Looks once. Throws AzureError where the operation cannot be asked. */
export async function pollOperation(
  client: ArmClient,
  operation: Operation,
  now: number,
  signal: AbortSignal,
): Promise<OperationState> {
  const response = await client.send({ method: 'GET', path: operation.url }, signal);
  return readOperation(operation, response, now);
}

/** What a poll's response says. Pure. */
export function readOperation(operation: Operation, response: ArmResponse, now: number): OperationState {
  const body = operationBody.safeParse(response.body ?? {}).data ?? {};
  const status = statusOf(operation, response, body);
  switch (status.toLowerCase()) {
    case 'succeeded':
      return { type: 'succeeded' };
    case 'failed':
    case 'canceled':
    case 'cancelled':
      return { type: 'failed', error: operationError(status, response.body) };
    default:
      return {
        type: 'running',
        status,
        percent: percentOf(body.percentComplete),
        retryAfterMs: parseRetryAfter(response.header('retry-after'), now),
        operation: movedTo(operation, response),
      };
  }
}

function statusOf(operation: Operation, response: ArmResponse, body: z.infer<typeof operationBody>): string {
  if (operation.style === 'monitor')
    return body.status ?? (response.status === 202 ? 'InProgress' : 'Succeeded');
  if (response.status === 202) return body.status ?? 'InProgress';
  return body.properties?.provisioningState ?? 'Succeeded';
}

function percentOf(reported: number | undefined): number | undefined {
  return reported === undefined ? undefined : Math.min(Math.max(reported, 0), 100);
}

function movedTo(operation: Operation, response: ArmResponse): Operation {
  const url =
    operation.style === 'monitor' ? response.header('azure-asyncoperation') : response.header('location');
  return url ? { ...operation, url } : operation;
}
