import assert from 'node:assert/strict';
import { systemClock } from '../../src/async/clock.ts';
import { type Finished, run } from './run.ts';

/** A real kubectl on one kubeconfig. */
export interface Kubectl {
  /** Runs it and expects success; returns standard output. */
  (...args: readonly string[]): Promise<string>;
  /** Runs it and returns how it ended. */
  tried(...args: readonly string[]): Promise<Finished>;
  /** With a manifest on standard input. */
  withInput(input: string, ...args: readonly string[]): Promise<Finished>;
}

export function openKubectl(program: string, kubeconfig: string): Kubectl {
  const options = { env: { KUBECONFIG: kubeconfig }, timeoutMs: 90_000 };
  const call = async (...args: readonly string[]) => {
    const done = await run(program, args, options);
    assert.equal(done.exitCode, 0, `kubectl ${args.join(' ')}: ${done.stderr}${done.stdout}`);
    return done.stdout;
  };
  return Object.assign(call, {
    tried: (...args: readonly string[]) => run(program, args, options),
    withInput: (input: string, ...args: readonly string[]) => run(program, args, { ...options, input }),
  });
}

/** Asks until the answer satisfies, at most `timeoutMs`; the last answer is in the failure. */
export async function eventually<T>(
  ask: () => Promise<T>,
  satisfies: (answer: T) => boolean,
  timeoutMs = 60_000,
): Promise<T> {
  const giveUp = systemClock.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (satisfies(answer)) return answer;
    assert.ok(systemClock.now() < giveUp, `still ${JSON.stringify(answer)} after ${timeoutMs} ms`);
    await systemClock.sleep(100);
  }
}
