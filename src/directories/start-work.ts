import { CsiError } from '../csi/errors.ts';
import type { CommandResult, RunCommand } from '../mount/command.ts';
import { unsafeRemoval } from './orders/remove-unrecorded.ts';
import type { WorkSheet } from './orders/run-order.ts';
import { type Order, type Outcome, stringify } from './wire.ts';

/** Runs one order to its end, or to the end of its turn. Never rejects. */
export type DoWork = (order: Order, signal: AbortSignal) => Promise<Outcome>;

export interface WorkOptions {
  readonly run: RunCommand;
  /** This program with the command that does one order: `[node, main, 'directory-work']`. */
  readonly program: readonly string[];
  /** Where work processes mount; each in a namespace of its own, so they do not see each other's. */
  readonly mountPoint: string;
  /** Entries of a walk, each second and each walk. */
  readonly removalsPerSecond: number;
  readonly looksPerSecond: number;
}

/** How long a removal goes on before others have their turn. */
const turnMs = 20_000;

/** A walk that measures has to be done in one go. */
const measureMs = 6 * 3_600_000;

/** On top of a turn: mounting, and what a file system takes for one step. */
const graceMs = 90_000;

/**
 * Each order is done by a process in a mount namespace of its own. A kill at any point leaves nothing mounted, and a
 * file system that hangs keeps only this process.
 */
export function createWork(options: WorkOptions): DoWork {
  return async (order, signal) => {
    const isWalk = order.name === 'usage';
    const unsafe = order.name === 'removeUnrecorded' ? unsafeRemoval(order) : undefined;
    if (unsafe !== undefined) return { error: { code: 'failed-precondition', message: unsafe } };
    const sheet: WorkSheet = {
      name: order.name,
      // The directories of others have been looked at; they would not fit into an argument.
      order: 'inUse' in order ? { ...order, inUse: [] } : order,
      mountPoint: options.mountPoint,
      turnMs: isWalk ? measureMs : turnMs,
      perSecond: isWalk ? options.looksPerSecond : options.removalsPerSecond,
    };
    const args = ['--mount', '--propagation', 'private', '--', ...options.program, stringify(sheet)];
    const timeoutMs = sheet.turnMs + graceMs;
    try {
      return outcomeOf(order, await options.run({ program: 'unshare', args, timeoutMs, signal }));
    } catch (error) {
      return failed(order, error instanceof CsiError ? error.message : String(error));
    }
  };
}

function outcomeOf(order: Order, result: CommandResult): Outcome {
  if (result.timedOut) return failed(order, `${order.mount.source} does not answer`);
  if (result.exitCode !== 0) {
    const printed = result.stderr.trim() || `exit code ${result.exitCode}`;
    return failed(order, `${printed}. "berth directories" has to run privileged`);
  }
  return JSON.parse(result.stdout) as Outcome;
}

function failed(order: Order, reason: string): Outcome {
  return { error: { code: 'unavailable', message: `directory work (${order.name}) failed: ${reason}` } };
}
