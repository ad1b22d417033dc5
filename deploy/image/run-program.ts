import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { MachineLacks } from './machine-lacks.ts';

const execute = promisify(execFile);

/** Runs a program of the build to its end and returns its standard output. Throws MachineLacks where it is not installed. */
export async function runProgram(
  program: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<string> {
  try {
    return (await execute(program, [...args], { ...options, maxBuffer: 64 * 1024 * 1024 })).stdout;
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (missing) throw new MachineLacks(`the program ${program} is not installed`, { cause: error });
    throw error;
  }
}
