import { join } from 'node:path';
import { systemClock } from '../../async/clock.ts';
import { type ProcessRecord, recordOf } from '../../mount/process-record.ts';
import { boundLogs } from '../../sandbox/processes/bound-logs.ts';
import { openProcessList } from '../../sandbox/processes/process-list.ts';
import { readRunFile, removeRunFile, writeRunFile } from '../../sandbox/state/run-file.ts';
import type { StateDir } from '../../sandbox/state/state-dir.ts';
import { acquireStateLock } from '../../sandbox/state/state-lock.ts';
import { createLog } from '../../telemetry/log.ts';
import { CommandFailure, exitCodes } from '../exit-codes.ts';
import { aborted, stopOnSignals } from '../stop-signals.ts';
import { endOrphans } from './orphans.ts';
import type { SandboxChoices } from './sandbox-choices.ts';
import { startParts } from './start-parts.ts';

/** Each of the three logs may take twice this. */
const MAX_LOG_BYTES = 10 * 1024 * 1024;

export interface RunOptions {
  readonly choices: SandboxChoices;
  /** Called once, when kubectl and the drivers' sockets answer. */
  readonly onReady: () => Promise<void>;
}

/** Runs a sandbox in this process until a signal ends it. Throws CommandFailure when another runs on the same state. */
export async function runSandbox(dir: StateDir, options: RunOptions): Promise<void> {
  const lock = acquireStateLock(dir.lock);
  if (!lock) throw await alreadyRunning(dir);
  const log = createLog('info', { role: 'sandbox' }, join(dir.logs, 'sandbox.log'));
  const failed = new AbortController();
  const stop = AbortSignal.any([stopOnSignals(log), failed.signal]);
  const limits = { maxBytes: MAX_LOG_BYTES, clock: systemClock, log, signal: stop };
  const logsBounded = boundLogs(dir.logs, limits);
  // What was started last is closed first.
  const closers: (() => Promise<unknown>)[] = [() => logsBounded];
  try {
    await endOrphans(dir, systemClock);
    const processes = openProcessList(dir.processesFile);
    processes.add('sandbox', ownRecord());
    const info = await startParts(dir, {
      ...options.choices,
      processes,
      log,
      signal: stop,
      onClose: (close) => closers.unshift(close),
    });
    await writeRunFile(dir, { sandbox: ownRecord(), isolation: options.choices.isolation, info });
    await options.onReady();
    await aborted(stop);
  } finally {
    // After a failed start as well: what is closed below ends only with the signal.
    failed.abort(new Error('the sandbox could not start'));
    for (const close of closers) {
      await close().catch((error: unknown) => log.warn({ err: error }, 'a part did not close'));
    }
    lock.release();
  }
  await removeRunFile(dir);
}

function ownRecord(): ProcessRecord {
  const record = recordOf(process.pid);
  if (!record)
    throw new CommandFailure(exitCodes.machineLacks, '/proc is not mounted here, and the sandbox needs it');
  return record;
}

async function alreadyRunning(dir: StateDir): Promise<CommandFailure> {
  const pid = (await readRunFile(dir))?.sandbox.pid;
  return new CommandFailure(
    exitCodes.failure,
    `a sandbox already runs on ${dir.root}${pid === undefined ? '' : ` (process ${pid})`}; end it with "berth sandbox stop --state-dir ${dir.root}", or give another --state-dir`,
  );
}
