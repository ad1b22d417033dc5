import { join } from 'node:path';
import { type Finished, run } from './run.ts';

export const repository = join(import.meta.dirname, '../..');

/** How to start Berth from its sources. */
export const berthCommand = [
  process.execPath,
  '--disable-warning=ExperimentalWarning',
  join(repository, 'src/cli/main.ts'),
] as const;

export function berth(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Finished> {
  const [program, ...rest] = berthCommand;
  return run(program, [...rest, ...args], { env });
}
