import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { Clock } from '../../async/clock.ts';
import { isRunning, type ProcessRecord, signalProcess } from '../../mount/process-record.ts';
import { openProcessList, type ProcessList } from '../../sandbox/processes/process-list.ts';
import { isStateDir } from '../../sandbox/state/claim-state-dir.ts';
import { readRunFile, removeRunFile } from '../../sandbox/state/run-file.ts';
import type { StateDir } from '../../sandbox/state/state-dir.ts';
import { acquireStateLock } from '../../sandbox/state/state-lock.ts';
import { CommandFailure, exitCodes } from '../exit-codes.ts';
import { takeBack } from './cluster/take-back.ts';
import { mountsOf, removeLeftovers } from './leftovers.ts';
import { refuseStateDir } from './refuse-state-dir.ts';

/** A sandbox ends its pods first, each with its grace period. */
const STOP_TIMEOUT_MS = 60_000;
/** Until a sandbox that has just been launched is in the list of processes. */
const START_TIMEOUT_MS = 10_000;
const POLL_MS = 50;

/**
 * Ends the sandbox of a state directory and clears what it left; `purge` removes the directory too. False: none ran.
 *
 * @throws CommandFailure when the directory to remove is not a sandbox's
 */
export async function stopSandbox(
  dir: StateDir,
  options: { purge: boolean; clock: Clock },
): Promise<boolean> {
  const { clock } = options;
  if (!(await refuseStateDir(isStateDir(dir)))) {
    if (options.purge && existsSync(dir.root)) throw notOurs(dir);
    return false;
  }
  const processes = openProcessList(dir.processesFile);
  const { lock, ran } = await endSandbox(dir, processes, clock);
  try {
    for (const child of processes.running()) await endProcess(child, clock);
    await removeLeftovers(dir, clock);
    await takeBack(dir);
    await removeRunFile(dir);
    await rm(dir.processesFile, { force: true });
  } finally {
    lock.release();
  }
  if (options.purge) await removeDirectory(dir);
  return ran;
}

/** Ends the sandbox, one that is still starting too, and takes its lock. */
async function endSandbox(dir: StateDir, processes: ProcessList, clock: Clock) {
  let ran = false;
  for (const giveUp = clock.now() + START_TIMEOUT_MS; ; await clock.sleep(POLL_MS)) {
    const sandbox =
      (await readRunFile(dir))?.sandbox ?? processes.running().find(({ name }) => name === 'sandbox');
    if (sandbox !== undefined && isRunning(sandbox)) {
      ran = true;
      await endProcess(sandbox, clock);
    }
    const lock = acquireStateLock(dir.lock);
    if (lock) return { lock, ran };
    if (clock.now() > giveUp) throw new Error(`${dir.lock} is held by a process that is no sandbox`);
  }
}

function notOurs(dir: StateDir): CommandFailure {
  return new CommandFailure(
    exitCodes.wrongUsage,
    `--purge: ${dir.root} is not a sandbox's directory, so nothing was removed`,
  );
}

/** What is still mounted below the directory belongs to somebody: removing through a mount would remove its files. */
async function removeDirectory(dir: StateDir): Promise<void> {
  const [mounted] = await mountsOf(dir);
  if (mounted !== undefined) throw new Error(`${mounted} is still mounted, so ${dir.root} was not removed`);
  await rm(dir.root, { recursive: true, force: true });
}

async function endProcess(process: ProcessRecord, clock: Clock): Promise<void> {
  signalProcess(process, 'SIGTERM');
  const giveUp = clock.now() + STOP_TIMEOUT_MS;
  while (isRunning(process)) {
    if (clock.now() > giveUp) signalProcess(process, 'SIGKILL');
    await clock.sleep(POLL_MS);
  }
}
