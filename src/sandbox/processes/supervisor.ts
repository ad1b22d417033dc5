import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import type { Clock } from '../../async/clock.ts';
import { type ProcessRecord, recordOf } from '../../mount/process-record.ts';
import type { Log } from '../../telemetry/log.ts';

export interface SupervisedProgram {
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Standard output and error go here, appended. */
  readonly logFile: string;
}

export interface SupervisorPorts {
  readonly clock: Clock;
  readonly log: Log;
  /** Told of each process as it starts, so that it can be found again after this program was killed. */
  readonly onStart: (record: ProcessRecord) => void;
}

export interface Supervised {
  /** The running process, or undefined between two runs. */
  current(): ProcessRecord | undefined;
  /** SIGTERM, after ten seconds SIGKILL; resolves when it is gone and will not come back. */
  stop(): Promise<void>;
}

const FIRST_RESTART_MS = 250;
const LAST_RESTART_MS = 10_000;
const STOP_GRACE_MS = 10_000;
/** A run this long counts as healthy, and the next restart is quick again. */
const HEALTHY_RUN_MS = 30_000;

/** Keeps one program running, as a kubelet keeps a container: started again whenever it ends, with growing pauses. */
export function supervise(program: SupervisedProgram, ports: SupervisorPorts): Supervised {
  const stopping = new AbortController();
  let current: ProcessRecord | undefined;

  const runOnce = async () => {
    const output = openSync(program.logFile, 'a', 0o600);
    const child = spawn(program.program, program.args, {
      env: program.env,
      stdio: ['ignore', output, output],
      cwd: '/',
    });
    closeSync(output);
    const exited = once(child, 'exit').catch(() => ['spawn failed']);
    current = child.pid === undefined ? undefined : recordOf(child.pid);
    if (current) ports.onStart(current);
    const terminate = () => child.kill('SIGTERM');
    stopping.signal.addEventListener('abort', terminate, { once: true });
    const killTimer = onAbort(stopping.signal, () => setTimeout(() => child.kill('SIGKILL'), STOP_GRACE_MS));
    const [code, signal] = await exited;
    stopping.signal.removeEventListener('abort', terminate);
    killTimer.clear();
    current = undefined;
    if (!stopping.signal.aborted)
      ports.log.warn({ program: program.name, code, signal }, 'ended; it is started again');
  };

  const keepRunning = async () => {
    let pause = FIRST_RESTART_MS;
    while (!stopping.signal.aborted) {
      const started = ports.clock.now();
      await runOnce();
      pause =
        ports.clock.now() - started > HEALTHY_RUN_MS
          ? FIRST_RESTART_MS
          : Math.min(pause * 2, LAST_RESTART_MS);
      await ports.clock.sleep(pause, stopping.signal).catch(() => {});
    }
  };

  const running = keepRunning();
  return {
    current: () => current,
    stop: () => {
      stopping.abort();
      return running;
    },
  };
}

function onAbort(signal: AbortSignal, start: () => NodeJS.Timeout): { clear(): void } {
  let timer: NodeJS.Timeout | undefined;
  const listener = () => {
    timer = start();
  };
  signal.addEventListener('abort', listener, { once: true });
  return {
    clear: () => {
      signal.removeEventListener('abort', listener);
      clearTimeout(timer);
    },
  };
}
