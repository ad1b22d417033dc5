import { systemClock } from '../../../async/clock.ts';
import { silentLog } from '../../../telemetry/log.ts';
import { createMemoryCluster, type MemoryCluster } from '../../testing/memory-cluster.ts';
import { startLoops } from '../start-loops.ts';

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
