import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { type Clock, systemClock } from '../async/clock.ts';
import type { Command, CommandResult, RunCommand } from './command.ts';
import { endsWithin } from './ends-within.ts';
import { errnoOf } from './errno.ts';

/** Characters kept of each output stream; the end is kept, where programs say what went wrong. */
const OUTPUT_LIMIT = 64 * 1024;

/** A helper's daemon may hold the pipes after the program itself has ended; its output is not waited for longer. */
const LAST_OUTPUT_MS = 250;

/** Packages in which Debian and Ubuntu have the programs, for the error about a missing one. */
const packages: Readonly<Record<string, string>> = {
  mount: 'mount',
  umount: 'mount',
  stat: 'coreutils',
  mkdir: 'coreutils',
  realpath: 'coreutils',
  lctl: 'lustre-client-utils',
  lnetctl: 'lustre-client-utils',
  lfs: 'lustre-client-utils',
};

/** The program of a command is not installed. */
export class ProgramMissingError extends Error {
  override readonly name = 'ProgramMissingError';
  readonly program: string;
  constructor(program: string, options?: { cause?: unknown }) {
    const from = packages[program];
    const hint =
      from === undefined ? 'install it or add its directory to PATH' : `install the package ${from}`;
    super(`the program "${program}" is not on this machine: ${hint}`, options);
    this.program = program;
  }
}

export interface RunCommandOptions {
  readonly clock?: Clock;
  /** Between SIGTERM and SIGKILL. */
  readonly termGraceMs?: number;
  /** How long after SIGKILL a process that is stuck in the kernel is still waited for. */
  readonly killGraceMs?: number;
}

/**
 * Runs programs as children of this process, each in a process group of its own and with `/` as working directory: a
 * mount helper that is stuck in the kernel would otherwise keep busy the mount it was started in. A command answers
 * within its time limit plus both graces, whatever the child does. Rejects with `ProgramMissingError`, or the system's
 * error where the program cannot be started.
 */
export function createRunCommand(options: RunCommandOptions = {}): RunCommand {
  const { clock = systemClock, termGraceMs = 1_000, killGraceMs = 500 } = options;
  return async (command) => {
    if (command.signal?.aborted) return notStarted;
    const child = await start(command);
    const stdout = keepEnd(child.stdout);
    const stderr = keepEnd(child.stderr);
    const exited = once(child, 'exit');
    // All who were started by it have ended too, because they share its pipes.
    const gone = once(child, 'close').then(() => {});
    const result = (timedOut: boolean): CommandResult => ({
      exitCode: child.exitCode ?? undefined,
      stdout: stdout(),
      stderr: stderr(),
      timedOut,
      gone,
    });
    if (await endsWithin(exited, command.timeoutMs, clock, command.signal)) {
      if (!(await endsWithin(gone, LAST_OUTPUT_MS, clock))) letGo(child);
      return result(false);
    }
    killGroup(child, 'SIGTERM');
    if (!(await endsWithin(gone, termGraceMs, clock))) killGroup(child, 'SIGKILL');
    if (!(await endsWithin(gone, killGraceMs, clock))) letGo(child);
    return result(true);
  };
}

const notStarted: CommandResult = {
  exitCode: undefined,
  stdout: '',
  stderr: '',
  timedOut: true,
  gone: Promise.resolve(),
};

type Child = ChildProcess & { readonly stdout: Readable; readonly stderr: Readable };

async function start({ program, args, env }: Command): Promise<Child> {
  const child = spawn(program, args, {
    cwd: '/',
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, LC_ALL: 'C', ...env },
  });
  try {
    await once(child, 'spawn');
  } catch (error) {
    throw errnoOf(error) === 'ENOENT' ? new ProgramMissingError(program, { cause: error }) : error;
  }
  return child;
}

function keepEnd(stream: Readable): () => string {
  let text = '';
  stream.setEncoding('utf8').on('data', (chunk: string) => {
    text = (text + chunk).slice(-OUTPUT_LIMIT);
  });
  return () => text;
}

function killGroup(child: Child, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    if (errnoOf(error) !== 'ESRCH') throw error;
  }
}

/** A child that does not end must not keep this process from ending. */
function letGo(child: Child): void {
  child.unref();
  for (const pipe of [child.stdout, child.stderr]) (pipe as Socket).unref();
}
