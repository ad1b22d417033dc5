import type { Clock } from '../async/clock.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { Command, CommandResult, RunCommand } from './command.ts';

export interface MeasurePorts {
  readonly metrics: Metrics;
  readonly clock: Clock;
  /** As in CSI's own metrics. */
  readonly driverName: string;
}

/** From a mount of a few milliseconds to one that was given up before kubelet's 120 s. */
const buckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];

/**
 * Measures every mount, umount and other program of a driver: how long and how it ended, how many run, and how many
 * were given up and are still stuck in the kernel.
 */
export function measureCommands(run: RunCommand, { metrics, clock, driverName }: MeasurePorts): RunCommand {
  const observe = metrics.histogram({
    name: 'berth_mount_command_seconds',
    help: 'Duration of mount, umount and their kin by how they ended: ok, failed or timed-out.',
    labels: ['driver_name', 'command', 'result'],
    buckets,
  });
  const inFlight = counting(
    metrics.gauge({
      name: 'berth_mount_commands_in_flight',
      help: 'Programs that run now and are waited for.',
      labels: ['driver_name', 'command'],
    }),
    driverName,
  );
  const stuck = counting(
    metrics.gauge({
      name: 'berth_mount_commands_stuck',
      help: 'Programs that were killed and are not gone: they hang in the kernel.',
      labels: ['driver_name', 'command'],
    }),
    driverName,
  );

  return async (command: Command): Promise<CommandResult> => {
    const { program } = command;
    const started = clock.now();
    const finished = (result: 'ok' | 'failed' | 'timed-out') =>
      observe({ driver_name: driverName, command: program, result }, (clock.now() - started) / 1000);
    inFlight(program, 1);
    try {
      const result = await run(command);
      finished(result.timedOut ? 'timed-out' : result.exitCode === 0 ? 'ok' : 'failed');
      if (result.timedOut) followStuck(result.gone, (change) => stuck(program, change));
      return result;
    } catch (error) {
      finished('failed');
      throw error;
    } finally {
      inFlight(program, -1);
    }
  };
}

function followStuck(gone: Promise<void>, change: (by: 1 | -1) => void): void {
  change(1);
  const over = () => change(-1);
  gone.then(over, over);
}

/** A gauge per program that goes up and down. */
function counting(
  set: ReturnType<Metrics['gauge']>,
  driverName: string,
): (command: string, by: 1 | -1) => void {
  const counts = new Map<string, number>();
  return (command, by) => {
    const count = (counts.get(command) ?? 0) + by;
    counts.set(command, count);
    set({ driver_name: driverName, command }, count);
  };
}
