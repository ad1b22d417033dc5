import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';

const PATIENCE_MS = 15_000;

/** Waits until the value is what the test wants, and says what it is when it never becomes so. */
export async function eventually<T>(
  look: () => T,
  wanted: (value: Awaited<T>) => boolean,
): Promise<Awaited<T>> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const value = await look();
    if (wanted(value)) return value;
    if (Date.now() > deadline) assert.fail(`still ${JSON.stringify(value)}`);
    await setTimeout(5);
  }
}
