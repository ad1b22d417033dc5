import assert from 'node:assert/strict';
import { inspect } from 'node:util';

/** Asserts that a secret shows neither in what was logged nor in any answer or error, causes included. */
export function assertNowhere(
  canary: string,
  logged: string,
  outcomes: readonly PromiseSettledResult<unknown>[],
): void {
  assert.ok(!logged.includes(canary), 'the log holds a secret');
  for (const outcome of outcomes) {
    const shown: unknown = outcome.status === 'fulfilled' ? outcome.value : outcome.reason;
    assert.ok(!inspect(shown, { depth: null }).includes(canary), 'an answer or error holds a secret');
  }
}
