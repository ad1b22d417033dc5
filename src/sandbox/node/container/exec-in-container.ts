import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { PassThrough, type Readable, type Writable } from 'node:stream';
import { type ExecSession, PodRuntimeError } from '../../pod-runtime.ts';
import type { ContainerSpec } from './container-spec.ts';
import { shellWords } from './shell-quote.ts';
import { userArguments } from './user-arguments.ts';

export interface ExecOptions {
  /** The container's first process, as this machine numbers it. */
  readonly initPid: number;
  readonly spec: Pick<ContainerSpec, 'env' | 'workingDir' | 'user' | 'privileged'>;
  readonly command: readonly string[];
  readonly stdin: boolean;
  readonly tty: boolean;
}

/** Runs a command in a running container's namespaces, with its environment, user and working directory. */
export function execInContainer(options: ExecOptions): ExecSession {
  const { spec, tty } = options;
  const inside = [
    'sh',
    '-c',
    'cd "$0" && exec "$@"',
    spec.workingDir,
    ...userArguments(spec),
    ...options.command,
  ];
  const env = Object.entries({ TERM: tty ? 'xterm' : 'dumb', ...spec.env }).map(
    ([name, value]) => `${name}=${value}`,
  );
  const words = [
    'nsenter',
    `--target=${options.initPid}`,
    '--mount',
    '--uts',
    '--pid',
    '--',
    'env',
    '-i',
    ...env,
    ...inside,
  ];
  // A terminal needs a pseudo-terminal, which Node cannot make; script(1) makes one and copies to and from it.
  const [program = '', ...args] = tty ? ['script', '-qefc', `exec ${shellWords(words)}`, '/dev/null'] : words;
  const child = spawn(program, args, {
    stdio: [options.stdin || tty ? 'pipe' : 'ignore', 'pipe', tty ? 'ignore' : 'pipe'],
    env: { PATH: `${process.env.PATH}:/usr/sbin:/usr/bin:/sbin:/bin`, SHELL: '/bin/sh' },
    cwd: '/',
    // So that the command, which nsenter runs as its child, can be ended together with it.
    detached: true,
  });
  if (child.stdout === null) throw new PodRuntimeError(500, 'the command has no standard output');
  child.stdin?.on('error', () => {});
  return {
    stdin: options.stdin ? inputOf(child, tty) : undefined,
    stdout: kept(child.stdout),
    stderr: child.stderr === null ? undefined : kept(child.stderr),
    resize: (columns, rows) => {
      if (tty) void resizeTerminal(child, columns, rows);
    },
    exitCode: exitCodeOf(child, program),
    kill: () => killGroup(child),
  };
}

/** Node throws away what a process has written when it ends before anybody reads; its caller may still be connecting. */
function kept(output: Readable): Readable {
  return output.pipe(new PassThrough());
}

/**
 * Where input goes. The end of a terminal's is the character that says so: were its pipe closed, script(1) could end
 * before it has passed on all output.
 */
function inputOf({ stdin }: ChildProcess, tty: boolean): Writable | undefined {
  if (stdin === null || !tty) return stdin ?? undefined;
  const input = new PassThrough();
  input.pipe(stdin, { end: false });
  input.on('end', () => stdin.write(END_OF_TRANSMISSION));
  return input;
}

function exitCodeOf(child: ChildProcess, program: string): Promise<number> {
  return new Promise((resolve, reject) => {
    child.on('error', (cause) =>
      reject(new PodRuntimeError(500, `${program} is needed for this and cannot be run: ${cause.message}`)),
    );
    child.on('close', (code) => resolve(code ?? 137));
  });
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It ended meanwhile.
  }
}

const END_OF_TRANSMISSION = '\x04';

const TERMINAL_WAIT_MS = 20;
const TERMINAL_TRIES = 50;

/** The size belongs to the terminal that script(1) made: the one its child has as standard input. */
async function resizeTerminal(child: ChildProcess, columns: number, rows: number): Promise<void> {
  for (let tries = 0; tries < TERMINAL_TRIES && child.exitCode === null; tries++) {
    const terminal = child.pid === undefined ? undefined : terminalBelow(child.pid);
    if (terminal !== undefined) {
      spawn('stty', ['-F', terminal, 'cols', `${columns}`, 'rows', `${rows}`], { stdio: 'ignore' }).on(
        'error',
        () => {},
      );
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, TERMINAL_WAIT_MS));
  }
}

function terminalBelow(pid: number): string | undefined {
  try {
    for (const thread of readdirSync(`/proc/${pid}/task`)) {
      const children = readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').trim();
      for (const one of children === '' ? [] : children.split(' ')) {
        const input = readlinkSync(`/proc/${one}/fd/0`);
        if (input.startsWith('/dev/pts/')) return input;
      }
    }
  } catch {
    // One of the processes ended between two looks.
  }
  return undefined;
}
