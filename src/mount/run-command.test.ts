import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Command } from './command.ts';
import { createRunCommand, ProgramMissingError } from './run-command.ts';

const run = createRunCommand({ termGraceMs: 100, killGraceMs: 100 });
const shell = (script: string, more: Partial<Command> = {}) =>
  run({ program: 'sh', args: ['-c', script], timeoutMs: 20_000, ...more });

/** Gives a command time to obey, however busy the machine is. */
const patient = createRunCommand({ termGraceMs: 60_000, killGraceMs: 60_000 });
/** Gives none to one that does not obey. */
const stubborn = createRunCommand({ termGraceMs: 1, killGraceMs: 60_000 });

/** Aborts when the command says by SIGUSR1 how far it is. To be called before its start: it may be quick. */
function whenItSays(): AbortSignal {
  const said = new AbortController();
  process.once('SIGUSR1', () => said.abort());
  return said.signal;
}

/** A killed orphan may stay a zombie until the machine's init collects it. */
function isRunning(pid: number): boolean {
  const status = `/proc/${pid}/stat`;
  return existsSync(status) && !readFileSync(status, 'utf8').includes(') Z ');
}

test('a command gives its exit code and what it printed', async () => {
  const result = await shell('echo out; echo err >&2; exit 3');
  assert.deepEqual(
    [result.exitCode, result.stdout, result.stderr, result.timedOut],
    [3, 'out\n', 'err\n', false],
  );
});

test('arguments reach the program as they are, never through a shell', async () => {
  const args = ['%s\n', '$(id) ; `id` * "\' \\', ''];
  assert.equal((await run({ program: 'printf', args, timeoutMs: 20_000 })).stdout, `${args[1]}\n\n`);
});

test('a command starts in / with English messages and the environment it is given', async () => {
  const result = await shell('pwd; echo $LC_ALL; echo $EXTRA', { env: { EXTRA: 'given' } });
  assert.equal(result.stdout, '/\nC\ngiven\n');
});

test('of endless output only the end is kept', async () => {
  const result = await shell('yes | head -c 1000000; echo last words');
  assert.equal(result.stdout.length, 64 * 1024);
  assert.ok(result.stdout.endsWith('last words\n'));
});

test('a missing program is named with the package it comes in', async () => {
  const missing = createRunCommand()({
    program: 'lnetctl',
    args: [],
    timeoutMs: 1000,
    env: { PATH: '/none' },
  });
  await assert.rejects(missing, (error) => {
    assert.ok(error instanceof ProgramMissingError);
    assert.match(error.message, /"lnetctl" is not on this machine: install the package lustre-client-utils/);
    return true;
  });
});

test('when its time is over the whole process group is killed, also a member that ignores SIGTERM', async () => {
  const result = await stubborn({
    program: 'sh',
    args: [
      '-c',
      `trap "" TERM; (trap "" TERM; sh -c "echo \\$PPID; kill -USR1 ${process.pid}; sleep 60"; sleep 60) & wait`,
    ],
    timeoutMs: 60_000,
    signal: whenItSays(),
  });
  assert.deepEqual([result.timedOut, result.exitCode], [true, undefined]);
  await result.gone;
  const member = Number(result.stdout);
  assert.ok(member > 1 && !isRunning(member));
});

test('a program that ends on SIGTERM may still say why', async () => {
  const script = `trap "echo stopped; exit 1" TERM; kill -USR1 ${process.pid}; sleep 60 & wait`;
  const args = ['-c', script];
  const result = await patient({ program: 'sh', args, timeoutMs: 60_000, signal: whenItSays() });
  assert.deepEqual([result.timedOut, result.stdout], [true, 'stopped\n']);
});

test('an abort ends a command at once, and before its start keeps it from starting', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'berth-run-'));
  const file = join(directory, 'runs');
  const signal = whenItSays();
  const running = shell(`echo run >> ${file}; kill -USR1 $PPID; sleep 60`, { signal });
  assert.equal((await running).timedOut, true);
  assert.equal((await shell(`echo run >> ${file}`, { signal })).timedOut, true);
  assert.equal(readFileSync(file, 'utf8'), 'run\n');
  rmSync(directory, { recursive: true });
});

test('a helper that left the group is not waited for; gone tells when it has ended', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'berth-run-'));
  const file = join(directory, 'may-end');
  const result = await shell(`setsid sh -c "until [ -e ${file} ]; do sleep 0.01; done" & wait`, {
    timeoutMs: 300,
  });
  assert.equal(result.timedOut, true);
  let ended = false;
  const gone = result.gone.then(() => {
    ended = true;
  });
  assert.equal(ended, false);
  writeFileSync(file, '');
  await gone;
  rmSync(directory, { recursive: true });
});

test('a daemon that keeps the pipes open does not keep the command from answering', async () => {
  const result = await shell('sleep 2 & echo started', { timeoutMs: 20_000 });
  assert.deepEqual([result.exitCode, result.stdout, result.timedOut], [0, 'started\n', false]);
});
