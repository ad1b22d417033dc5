import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { backoffDelay } from '../../async/backoff.ts';
import type { Clock } from '../../async/clock.ts';
import { CsiError } from '../../csi/errors.ts';
import type { Log } from '../../telemetry/log.ts';
import { errnoOf } from '../errno.ts';
import { isRunning, type ProcessRecord, recordOf, signalProcess } from '../process-record.ts';
import type { ServiceStore } from './service-store.ts';

/** The one stunnel of this node. It outlives this program where the operating system lets it. */
export interface StunnelProcess {
  running(): boolean;
  /** Makes the running one read its configuration again, or starts one. */
  load(): Promise<void>;
  /** Whether it has ended and may be started again: at once the first time, then with growing pauses. */
  restartDue(): boolean;
  stop(): void;
}

export interface StunnelProcessPorts {
  readonly store: Pick<ServiceStore, 'process' | 'saveProcess' | 'configFile' | 'logFile'>;
  readonly clock: Clock;
  readonly log: Log;
  /** `stunnel`, as PATH finds it. */
  readonly program: string;
}

const restartPause = { initialMs: 1_000, maxMs: 30_000, jitter: 0 };

/** A run this long counts as healthy. */
const HEALTHY_RUN_MS = 60_000;

/** Takes over the process of an earlier run of this program, if it still runs. */
export async function openStunnelProcess({
  store,
  clock,
  log,
  program,
}: StunnelProcessPorts): Promise<StunnelProcess> {
  let current = await store.process();
  /** Since the last healthy run. */
  let starts = 0;
  let startedAt = 0;
  const running = () => current !== undefined && isRunning(current);
  if (running()) log.info({ pid: current?.pid }, 'the tunnel of an earlier run goes on');

  const start = async () => {
    startedAt = clock.now();
    starts += 1;
    current = await spawnStunnel(program, store);
    await store.saveProcess(current);
    log.info({ pid: current.pid }, 'the tunnel was started');
  };
  return {
    running,
    async load() {
      // Its reload leaves the connections that stand alone (stunnel(8), SIGHUP).
      if (current !== undefined && signalProcess(current, 'SIGHUP')) return;
      if (current !== undefined)
        log.warn({ logFile: store.logFile }, 'the tunnel has ended; it is started again');
      await start();
    },
    restartDue() {
      if (running()) return false;
      const lasted = clock.now() - startedAt;
      if (lasted > HEALTHY_RUN_MS) starts = 0;
      return lasted >= backoffDelay(restartPause, starts, Math.random);
    },
    stop() {
      if (current !== undefined) signalProcess(current, 'SIGTERM');
      current = undefined;
    },
  };
}

async function spawnStunnel(
  program: string,
  { configFile, logFile }: Pick<ServiceStore, 'configFile' | 'logFile'>,
): Promise<ProcessRecord> {
  const output = openSync(logFile, 'a', 0o600);
  try {
    // A session of its own: what ends this program by its group leaves the mounts' tunnel alone.
    const child = spawn(program, [configFile], {
      cwd: '/',
      detached: true,
      // A thread per connection, and glibc gives threads heaps of their own, up to eight per core: memory that lies idle.
      env: { ...process.env, MALLOC_ARENA_MAX: '1' },
      stdio: ['ignore', output, output],
    });
    await once(child, 'spawn');
    child.unref();
    const record = recordOf(child.pid ?? 0);
    if (record !== undefined) return record;
    throw new CsiError('unavailable', `the tunnel ended as it was started; ${logFile} says why`);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
    const message = `the program "${program}" is not on this node: install the package stunnel4, or choose --mounter=efs-utils`;
    throw new CsiError('failed-precondition', message, { cause: error });
  } finally {
    closeSync(output);
  }
}
