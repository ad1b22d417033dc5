import type { Clock } from '../async/clock.ts';
import type { RunCommand } from './command.ts';
import { endsWithin } from './ends-within.ts';

export interface UnmountLimit {
  /** How many umount programs may run at once. */
  readonly atOnce: number;
  /** How long one waits for its turn before it goes without, in milliseconds: a hung file system holds up no other. */
  readonly patienceMs: number;
}

/** Lets at most so many umounts run at once, in the order they came; other programs are not held up. */
export function limitUnmounts(
  run: RunCommand,
  clock: Clock,
  { atOnce, patienceMs }: UnmountLimit,
): RunCommand {
  let running = 0;
  const waiting: (() => void)[] = [];

  /** Whoever is called has the slot of the one who ended; whoever runs out of patience takes one more. */
  const takeTurn = async (signal: AbortSignal | undefined): Promise<void> => {
    if (running >= atOnce) {
      const called = Promise.withResolvers<void>();
      waiting.push(called.resolve);
      if (await endsWithin(called.promise, patienceMs, clock, signal)) return;
      const index = waiting.indexOf(called.resolve);
      // Called in the very moment that patience ended.
      if (index < 0) return;
      waiting.splice(index, 1);
    }
    running += 1;
  };
  const endTurn = () => {
    const next = running <= atOnce ? waiting.shift() : undefined;
    if (next === undefined) running -= 1;
    else next();
  };

  return async (command) => {
    if (command.program !== 'umount') return run(command);
    await takeTurn(command.signal);
    try {
      return await run(command);
    } finally {
      endTurn();
    }
  };
}
