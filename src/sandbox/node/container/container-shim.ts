import { spawn } from 'node:child_process';
import { closeSync, readFileSync, readlinkSync, writeSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import * as z from 'zod/mini';
import { recordOf } from '../../../mount/process-record.ts';
import { openCriLog } from '../logs/cri-log-writer.ts';
import { START_ERROR_CODE } from './container-script.ts';
import { type ContainerState, writeContainerState } from './container-state.ts';

/** What a shim is told, as the JSON of the file named by its only argument; the state is written beside that file. */
export const shimOrder = z.object({
  attempt: z.number(),
  /** Path of the script that becomes the container; its words hold the environment, so they are not given as arguments. */
  scriptFile: z.string(),
  logFile: z.string(),
  maxLogBytes: z.number(),
});
export type ShimOrder = z.infer<typeof shimOrder>;

/** On it the shim writes a line for every change of state, while somebody listens. */
const NOTICE_FD = 3;
const REPORT_FD = 3;

/** The container dies with its shim, whatever kills that: nobody else would know of it. */
const withParent = ['--pdeathsig=KILL', '--', 'unshare'];
const namespaces = ['--mount', '--uts', '--pid', '--fork', '--kill-child', '--propagation', 'private'];

/**
 * Runs one container to its end: a process of its own, so that the container, its log and its exit code survive the death of
 * the sandbox. It is ended only through its container.
 */
export async function runContainerShim(orderFile: string): Promise<void> {
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => {});
  const order = z.parse(shimOrder, JSON.parse(readFileSync(orderFile, 'utf8')));
  const shim = recordOf(process.pid);
  if (shim === undefined) throw new Error('/proc does not show this process');
  let state: ContainerState = {
    attempt: order.attempt,
    phase: 'starting',
    shim,
    mountNamespace: readlinkSync('/proc/self/ns/mnt'),
  };
  const change = (changes: Partial<ContainerState>) => {
    state = { ...state, ...changes };
    writeContainerState(dirname(orderFile), state);
    notify();
  };
  change({});
  const end = await runScript(order, {
    onPid: (pid) => {
      const init = recordOf(pid);
      if (init !== undefined) change({ init });
    },
    onReady: () => change({ phase: 'running', startedAt: new Date().toISOString() }),
  });
  change({ ...end, phase: 'exited', finishedAt: new Date().toISOString() });
}

type End = Pick<ContainerState, 'exitCode' | 'signal' | 'error'>;

function runScript(order: ShimOrder, told: { onPid(pid: number): void; onReady(): void }): Promise<End> {
  const log = openCriLog(order.logFile, order.maxLogBytes, Date.now);
  const child = spawn('setpriv', [...withParent, ...namespaces, '--', 'sh', order.scriptFile], {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    cwd: '/',
  });
  let error: string | undefined;
  child.stdout?.on('data', (chunk: Buffer) => log.write('stdout', chunk));
  child.stderr?.on('data', (chunk: Buffer) => log.write('stderr', chunk));
  createInterface({ input: child.stdio[REPORT_FD] as Readable }).on('line', (line) => {
    if (line.startsWith('pid ')) told.onPid(Number(line.slice(4)));
    else if (line === 'ready') told.onReady();
    else if (line.startsWith('error ')) error = line.slice('error '.length);
  });
  return new Promise((resolve) => {
    child.on('error', (cause) => resolve({ exitCode: START_ERROR_CODE, error: `setpriv: ${cause.message}` }));
    child.on('close', (code, signalName) => {
      log.close();
      const signal = signalName === null ? undefined : constants.signals[signalName];
      const exitCode = code ?? 128 + (signal ?? 0);
      resolve({ exitCode, ...(signal !== undefined && { signal }), ...(error !== undefined && { error }) });
    });
  });
}

function notify(): void {
  try {
    writeSync(NOTICE_FD, '\n');
  } catch {
    // The sandbox that started this is gone; the next one reads the file.
    try {
      closeSync(NOTICE_FD);
    } catch {
      // It never was open.
    }
  }
}
