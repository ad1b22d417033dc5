import { join } from 'node:path';
import type { Clock } from '../../async/clock.ts';
import { type ProcessRecord, signalProcess } from '../../mount/process-record.ts';
import type { Log } from '../../telemetry/log.ts';
import { type Supervised, supervise } from '../processes/supervisor.ts';

export interface RunPorts {
  /** Where each program's log goes, as NAME.log. */
  readonly logs: string;
  /** Put before each command, e.g. to start it in a namespace; it must replace itself by the program. */
  readonly launcher?: readonly string[] | undefined;
  /** Told of each process as it starts, so that it can be found again after this one was killed. */
  readonly onStart?: ((name: string, record: ProcessRecord) => void) | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

export interface RunningPrograms {
  start(name: string, program: string, args: readonly string[]): void;
  /** How often it was started until now. */
  startsOf(name: string): number;
  /** The process of a program now, or undefined between two runs. */
  processOf(name: string): ProcessRecord | undefined;
  /** Ends all of them; `gently` named ones are let finish, the others keep nothing that a kill could harm. */
  stop(gently: readonly string[]): Promise<void>;
}

/** Keeps programs running as kubelet keeps static pods. */
export function runPrograms(ports: RunPorts): RunningPrograms {
  const programs = new Map<string, Supervised>();
  const starts = new Map<string, number>();
  return {
    start(name, program, args) {
      const [first = program, ...rest] = [...(ports.launcher ?? []), program, ...args];
      const supervised = supervise(
        { name, program: first, args: rest, env: process.env, logFile: join(ports.logs, `${name}.log`) },
        {
          ...ports,
          onStart: (record) => {
            starts.set(name, (starts.get(name) ?? 0) + 1);
            ports.onStart?.(name, record);
          },
        },
      );
      programs.set(name, supervised);
    },
    startsOf: (name) => starts.get(name) ?? 0,
    processOf: (name) => programs.get(name)?.current(),
    async stop(gently) {
      await Promise.all(
        [...programs].map(([name, program]) => {
          const stopped = program.stop();
          const record = program.current();
          if (record && !gently.includes(name)) signalProcess(record, 'SIGKILL');
          return stopped;
        }),
      );
    },
  };
}
