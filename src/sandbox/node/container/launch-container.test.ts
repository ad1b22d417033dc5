import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, type TestContext, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { isRunning } from '../../../mount/process-record.ts';
import { mountNamespaces } from '../../testing/mount-namespace.ts';
import type { ContainerSpec } from './container-spec.ts';
import { type ContainerState, readContainerState, signalContainer } from './container-state.ts';
import { execInContainer } from './exec-in-container.ts';
import { launchContainer, sourceShim } from './launch-container.ts';

const isRoot = mountNamespaces[0]?.skip === false;

describe('a container process', { skip: !isRoot && 'needs root to make namespaces' }, () => {
  const start = async (t: TestContext, command: string) => {
    const directory = mkdtempSync(join(tmpdir(), 'berth-'));
    const logFile = join(directory, 'log');
    mkdirSync(join(directory, 'volume'));
    const spec: ContainerSpec = {
      hostname: 'writer',
      command: ['sh', '-c', command],
      env: { PATH: '/usr/bin:/bin', GREETING: 'hello' },
      workingDir: '/mnt',
      mounts: [{ source: join(directory, 'volume'), target: '/mnt/data', readonly: false, recursive: false }],
      user: { uid: undefined, gid: undefined, groups: [] },
      privileged: false,
      rootDir: join(directory, 'root'),
    };
    const state = () => readContainerState(directory, Date.now);
    t.after(async () => {
      const left = state();
      if (left !== undefined) signalContainer(left, 'SIGKILL');
      await until((it) => it.phase === 'exited');
      rmSync(directory, { recursive: true });
    });
    const until = async (wanted: (state: ContainerState) => boolean): Promise<ContainerState> => {
      for (const deadline = Date.now() + 10_000; Date.now() < deadline; await setTimeout(5)) {
        const now = state();
        if (now !== undefined && wanted(now)) return now;
      }
      assert.fail(`still ${JSON.stringify(state())}`);
    };
    launchContainer({
      directory,
      attempt: 0,
      spec,
      logFile,
      maxLogBytes: 1e6,
      shim: sourceShim,
      onChange: () => {},
    });
    return { spec, until, log: () => readFileSync(logFile, 'utf8') };
  };

  test('its words are in the log with time and stream, and its end is recorded', async (t) => {
    const container = await start(t, 'echo out; echo err >&2; printf rest; exit 7');
    const ended = await container.until((it) => it.phase === 'exited');
    assert.equal(ended.exitCode, 7);
    assert.ok(ended.startedAt !== undefined && ended.finishedAt !== undefined);
    assert.match(container.log(), /^\d{4}-\d\d-\d\dT\S+Z stdout F out$/m);
    assert.match(container.log(), /Z stderr F err$/m);
    assert.match(container.log(), /Z stdout F rest$/m);
  });

  test('exec runs inside it: files, name, variables, working directory, exit code, input and a terminal', async (t) => {
    const container = await start(t, 'sleep 60');
    const { init } = await container.until((it) => it.phase === 'running');
    const exec = (command: readonly string[], tty = false) =>
      execInContainer({ initPid: init?.pid ?? 0, spec: container.spec, command, stdin: true, tty });
    const inside = exec(['sh', '-c', 'hostname; pwd; echo $GREETING; ls /mnt; cat; exit 5']);
    inside.stdin?.end('typed\n');
    assert.equal(await text(inside.stdout), 'writer\n/mnt\nhello\ndata\ntyped\n');
    assert.equal(await inside.exitCode, 5);
    const terminal = exec(
      [
        'sh',
        '-c',
        'until stty size | grep -q "40 100"; do sleep 0.02; done; test -t 0 && echo a terminal; exit 4',
      ],
      true,
    );
    terminal.resize(100, 40);
    assert.match(await text(terminal.stdout), /a terminal\r\n/);
    assert.equal(await terminal.exitCode, 4);
  });

  test('when the process that waits for it is killed, nothing of it is left and its end is noticed', async (t) => {
    const container = await start(t, 'sleep 60');
    const running = await container.until((it) => it.phase === 'running');
    process.kill(running.shim.pid, 'SIGKILL');
    const ended = await container.until((it) => it.phase === 'exited');
    assert.equal(ended.exitCode, 137);
    for (
      const deadline = Date.now() + 5000;
      Date.now() < deadline && running.init && isRunning(running.init);
    )
      await setTimeout(5);
    assert.equal(running.init && isRunning(running.init), false);
  });
});
