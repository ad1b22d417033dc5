import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import { systemClock } from '../../../async/clock.ts';
import { events } from '../../../kube/resources.ts';
import { silentLog } from '../../../telemetry/log.ts';
import { startLoops } from '../start-loops.ts';
import { createMemoryCluster, type MemoryCluster } from './memory-cluster.ts';

/** A cluster in memory with all loops running until the test ends. */
export async function runningLoops(t: { after(fn: () => Promise<void>): void }): Promise<MemoryCluster> {
  const cluster = createMemoryCluster();
  const stop = new AbortController();
  const loops = startLoops({
    client: cluster.client,
    clock: systemClock,
    log: silentLog,
    signal: stop.signal,
  });
  t.after(async () => {
    stop.abort(new Error('the test has ended'));
    await loops.done;
  });
  await loops.started;
  return cluster;
}

const PATIENCE_MS = 5000;

/** Waits until the value is what the test wants, and says what it is when it never becomes so. */
export async function eventually<T>(look: () => T, wanted: (value: T) => boolean): Promise<T> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const value = look();
    if (wanted(value)) return value;
    if (Date.now() > deadline) assert.fail(`still ${JSON.stringify(value)}`);
    await setTimeout(5);
  }
}

export function eventTexts(cluster: MemoryCluster, about: string): string[] {
  return cluster
    .list(events)
    .filter((event) => event.involvedObject.name === about)
    .map((event) => `${event.type} ${event.reason} ${event.message}`);
}
