import { type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

export interface Finished {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end, or for `timeoutMs`, and returns what it printed. */
export async function run(
  program: string,
  args: readonly string[],
  options: {
    readonly env?: NodeJS.ProcessEnv;
    readonly timeoutMs?: number;
    readonly cwd?: string;
    input?: string;
  } = {},
): Promise<Finished> {
  const spawnOptions: SpawnOptions = {
    env: { ...process.env, ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout: options.timeoutMs ?? 120_000,
    ...(options.cwd !== undefined && { cwd: options.cwd }),
  };
  const child = spawn(program, args, spawnOptions);
  if (!child.stdin || !child.stdout || !child.stderr) throw new Error('spawned without pipes');
  const ended = once(child, 'close');
  // A program that ends without reading is judged by how it ends.
  child.stdin.on('error', () => {});
  child.stdin.end(options.input ?? '');
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [exitCode] = await ended;
  return { exitCode, stdout, stderr };
}
