import type { Clock } from '../../../../async/clock.ts';
import { numberParameter } from '../../faults/fault.ts';
import type { FileSystemDirectories } from '../../file-system-directories.ts';
import type { FaultBook } from '../faults/fault-kinds.ts';
import { type AccessPoint, type FileSystem, type LifeCycle, type MountTarget, stateAt } from './resources.ts';
import type { Table } from './table.ts';

/** What the operations of EFS work on. */
export interface EfsContext {
  readonly fileSystems: Table<FileSystem>;
  readonly mountTargets: Table<MountTarget>;
  /** Indexed by `fileSystem` and by `token` (account and client token). */
  readonly accessPoints: Table<AccessPoint>;
  readonly directories: FileSystemDirectories;
  readonly faults: FaultBook;
  readonly clock: Clock;
  readonly region: string;
  /** How many times faster than in AWS long work passes. */
  readonly timeScale: number;
  /** Access points a file system may have. */
  readonly accessPointLimit: number;
}

/** A request to EFS: who asks, and what the path and the query say. */
export interface EfsCall {
  readonly account: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: Buffer;
  /** For faults. */
  readonly struck: { readonly method: string; readonly path: string };
}

export function newLifeCycle(context: EfsContext, call: EfsCall, takesMs: number): LifeCycle {
  const now = context.clock.now();
  return {
    createdAt: now,
    availableAt: now + takesMs / context.timeScale,
    fails: context.faults.take('creation-error', call.struck) !== undefined,
  };
}

/** Whether lists show it yet (`eventual-consistency`). */
export function isListed(context: EfsContext, { createdAt }: LifeCycle, call: EfsCall): boolean {
  const fault = context.faults.standing('eventual-consistency', call.struck);
  return fault === undefined || context.clock.now() >= createdAt + numberParameter(fault, 'milliseconds', 0);
}

/** The resource while it is there; what is gone is removed for good. */
export function alive<T extends LifeCycle & { readonly id: string }>(
  context: EfsContext,
  table: Table<T>,
  row: T | undefined,
): T | undefined {
  if (row === undefined || stateAt(row, context.clock.now()) !== undefined) return row;
  table.delete(row.id);
  return undefined;
}

/** All of `rows` that are there. */
export function allAlive<T extends LifeCycle & { readonly id: string }>(
  context: EfsContext,
  table: Table<T>,
  rows: Iterable<T>,
): T[] {
  return [...rows].filter((row) => alive(context, table, row) !== undefined);
}
