import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FullSandboxInfo } from '../../src/sandbox/state/run-file.ts';
import { berth } from './berth.ts';

export interface TestSandbox {
  readonly stateDir: string;
  readonly info: FullSandboxInfo;
  /** Starts it again on the same state, as after a kill. */
  start(): Promise<FullSandboxInfo>;
  status(): Promise<
    Record<string, unknown> & { readonly running: boolean; readonly pids?: Record<string, number> }
  >;
}

/** The least that a test context offers to clean up after itself. */
interface CleansUp {
  after(done: () => Promise<void>): void;
}

/** A detached sandbox on a directory of its own; stopped and removed when the test (or suite) ends. */
export async function startSandbox(
  t: CleansUp,
  flags: readonly string[] = [],
  env: NodeJS.ProcessEnv = {},
): Promise<TestSandbox> {
  const stateDir = await mkdtemp(join(tmpdir(), 'berth-t-'));
  t.after(async () => {
    await berth(['sandbox', 'stop', '--state-dir', stateDir, '--purge']);
    await rm(stateDir, { recursive: true, force: true });
  });
  const start = async () => {
    const args = ['sandbox', 'start', '--detach', '--state-dir', stateDir, '-o', 'json', ...flags];
    const started = await berth(args, env);
    assert.equal(started.exitCode, 0, started.stderr);
    return JSON.parse(started.stdout) as FullSandboxInfo;
  };
  return {
    stateDir,
    info: await start(),
    start,
    status: async () =>
      JSON.parse((await berth(['sandbox', 'status', '--state-dir', stateDir, '-o', 'json'])).stdout),
  };
}

/** Why a sandbox cannot mount here, or undefined: for tests that need pods. */
export function mountRefusal(): string | undefined {
  return process.geteuid?.() === 0
    ? undefined
    : 'needs root: run npm test as root to see mounts from outside';
}
