import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { MachineLacks } from '../../deploy/image/machine-lacks.ts';
import { makeNodeCgroup } from './node-cgroup.ts';

const INSIDE = 'BERTH_TEST_OWN_MACHINE';

/** Process 1 of the machine: takes in what its parents left behind, and ends with the tests. */
const init = '"$@" & wait $!';

/**
 * Runs the tests that `define` defines on a machine of their own, as far as namespaces make one: by running `file` (the
 * calling test file) again with no process, mount or network interface of this one's. All of it ends with the tests,
 * also when they are killed. `prepare` runs before, where packages can still be fetched, and fills the directory that
 * `define` is given.
 */
export function onOwnMachine(options: {
  readonly file: string;
  readonly refusal: string | false;
  readonly timeoutMs: number;
  readonly prepare: (directory: string) => Promise<void>;
  readonly define: (directory: string, cgroup: string) => void;
}): void {
  const inside = process.env[INSIDE];
  if (inside !== undefined) {
    const [directory = '', cgroup = ''] = inside.split(':');
    options.define(directory, cgroup);
    return;
  }
  const { file, refusal: skip, timeoutMs } = options;
  test('on a machine of its own', { skip }, async (t) => {
    const directory = await mkdtemp(join(tmpdir(), 'berth-node-'));
    t.after(() => rm(directory, { recursive: true, force: true }));
    try {
      await options.prepare(directory);
    } catch (error) {
      if (error instanceof MachineLacks) return t.skip(error.message);
      throw error;
    }
    const cgroup = await makeNodeCgroup();
    t.after(cgroup.remove);
    const { code, output } = await runOnOwnMachine(file, `${directory}:${cgroup.name}`, timeoutMs);
    // Each of its tests is one of ours.
    for (const [, mark, name] of output.matchAll(/^ +([✔✖﹣]) (.*) \([\d.]+ms\)/gm)) {
      if (mark === '﹣') await t.test(name, { skip: true }, () => {});
      else await t.test(name, () => assert.equal(mark, '✔', 'see the output below'));
    }
    if (code !== 0) throw new Error(output);
  });
}

async function runOnOwnMachine(file: string, inside: string, timeout: number) {
  const { NODE_TEST_CONTEXT: _, ...environment } = process.env;
  const machine = [
    ...['setpriv', '--pdeathsig=KILL', '--', 'unshare', '--kill-child', '--fork'],
    ...['--net', '--pid', '--mount-proc', '--mount', '--propagation=private'],
  ];
  const tests = [process.execPath, '--test', '--test-reporter=spec', file];
  const [program = '', ...args] = [...machine, 'sh', '-c', init, 'init', ...tests];
  const child = spawn(program, args, {
    env: { ...environment, [INSIDE]: inside },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout,
    killSignal: 'SIGKILL',
  });
  // What the tests said until then tells where they stood still.
  const [stdout, stderr, [code, signal]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  const end = signal === null ? '' : `\nended by ${signal} after ${timeout} ms at most`;
  return { code, output: stdout + stderr + end };
}
