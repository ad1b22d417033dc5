import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { isRunning, signalProcess } from '../../../mount/process-record.ts';

const processRecord = z.object({ pid: z.number(), startTime: z.string() });

const containerState = z.object({
  /** 0 for the first start of the container in this pod. */
  attempt: z.number(),
  phase: z.enum(['starting', 'running', 'exited']),
  /** The process that writes the log and waits. */
  shim: processRecord,
  /** The first process of the container's PID namespace: all others end with it. */
  init: z.optional(processRecord),
  /** `/proc/self/ns/mnt` of the node that started it. Its volumes can be seen from nowhere else. */
  mountNamespace: z.string(),
  startedAt: z.optional(z.string()),
  finishedAt: z.optional(z.string()),
  exitCode: z.optional(z.number()),
  signal: z.optional(z.number()),
  /** Why it could not be started. */
  error: z.optional(z.string()),
});

/** What is known of the newest start of a container; kept in a file, so that it outlives the sandbox. */
export type ContainerState = z.infer<typeof containerState>;

/** Exit code of a container whose end nobody saw, as kubelet's ContainerStatusUnknown. */
export const UNKNOWN_EXIT_CODE = 137;

const FILE = 'state.json';

export function writeContainerState(directory: string, state: ContainerState): void {
  const file = join(directory, FILE);
  writeFileSync(`${file}.new`, JSON.stringify(state), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/**
 * The container's state as it is now: one that claims to run but whose processes are gone has ended unseen, and what is left
 * of one whose shim was killed is killed as well. Undefined where it was never started.
 */
export function readContainerState(directory: string, now: () => number): ContainerState | undefined {
  const state = readState(directory);
  if (state === undefined || state.phase === 'exited' || isRunning(state.shim)) return state;
  if (state.init !== undefined) signalProcess(state.init, 'SIGKILL');
  const ended: ContainerState = {
    ...state,
    phase: 'exited',
    exitCode: UNKNOWN_EXIT_CODE,
    finishedAt: new Date(now()).toISOString(),
  };
  writeContainerState(directory, ended);
  return ended;
}

function readState(directory: string): ContainerState | undefined {
  try {
    return z.parse(containerState, JSON.parse(readFileSync(join(directory, FILE), 'utf8')));
  } catch {
    return undefined;
  }
}

/** Sends the signal to what runs of the container. One that is still starting hears no SIGTERM: ask again. */
export function signalContainer(state: ContainerState, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (state.phase === 'running' && state.init !== undefined) signalProcess(state.init, signal);
  // Its children die with it.
  else if (state.phase === 'starting' && signal === 'SIGKILL') signalProcess(state.shim, signal);
}
