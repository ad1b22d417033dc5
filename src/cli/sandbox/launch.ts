import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, writeSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import * as z from 'zod/mini';
import { CommandFailure, exitCodes } from '../exit-codes.ts';
import { type Isolation, userNamespaceArguments } from './isolation.ts';

/** The file descriptor on which a launched sandbox says that it is ready, or why it is not. */
const READY_FD = 3;

const readyMessage = z.union([
  z.object({ ready: z.literal(true) }),
  z.object({ ready: z.literal(false), exitCode: z.number(), message: z.string() }),
]);
export type ReadyMessage = z.infer<typeof readyMessage>;

/** Said once by the launched process; harmless where nobody launched it. */
export function sayReady(message: ReadyMessage): void {
  writeSync(READY_FD, `${JSON.stringify(message)}\n`);
  closeSync(READY_FD);
}

/**
 * Starts this program again as the sandbox's own process and resolves when it is ready. Detached, it outlives this one and
 * writes to `logFile`; else it shares the terminal and `ended` settles with its exit code.
 */
export async function launchSandbox(options: {
  readonly args: readonly string[];
  readonly isolation: Isolation;
  readonly detach: boolean;
  readonly logFile: string;
}): Promise<{ readonly ended: Promise<number> }> {
  await mkdir(dirname(options.logFile), { recursive: true, mode: 0o700 });
  const self = [process.execPath, ...process.execArgv, process.argv[1] ?? '', ...options.args];
  const command =
    options.isolation === 'user-namespace' ? ['unshare', ...userNamespaceArguments, ...self] : self;
  const output = options.detach ? openSync(options.logFile, 'a', 0o600) : 'inherit';
  const child = spawn(command[0] ?? '', command.slice(1), {
    detached: options.detach,
    stdio: ['ignore', output, output, 'pipe'],
  });
  if (typeof output === 'number') closeSync(output);
  const unpass = passSignals(child, options.detach);
  const ended = once(child, 'exit').then(([code]: (number | null)[]) => code ?? exitCodes.failure);
  const said = await Promise.race([
    firstMessage(child.stdio[READY_FD] as Readable),
    ended.then(() => undefined),
  ]);
  if (said === undefined) {
    const tail = options.detach ? await lastLines(options.logFile) : '';
    throw new CommandFailure(exitCodes.failure, `the sandbox ended before it was ready${tail}`);
  }
  if (!said.ready) throw new CommandFailure(said.exitCode, said.message);
  if (options.detach) {
    unpass();
    (child.stdio[READY_FD] as Readable).destroy();
    child.unref();
  }
  return { ended };
}

/**
 * What ends this process ends the sandbox, a detached one while it starts. A terminal's Ctrl-C reaches the process group by
 * itself, which a detached sandbox is not in.
 */
function passSignals(child: ChildProcess, detached: boolean): () => void {
  const passed = (['SIGTERM', 'SIGINT', 'SIGHUP'] as const).filter(
    (signal) => detached || signal !== 'SIGINT',
  );
  const pass = () => child.kill('SIGTERM');
  const swallow = () => {};
  for (const signal of passed) process.on(signal, pass);
  if (!detached) process.on('SIGINT', swallow);
  return () => {
    for (const signal of passed) process.off(signal, pass);
  };
}

async function firstMessage(stream: Readable): Promise<ReadyMessage | undefined> {
  for await (const line of createInterface({ input: stream })) return z.parse(readyMessage, JSON.parse(line));
  return undefined;
}

async function lastLines(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const lines = text.trim().split('\n').slice(-5).join('\n');
  return lines ? `; the end of ${file}:\n${lines}` : '';
}
