import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type ProcessUsage, usageOf } from '../process-usage.ts';
import type { CallCounts } from './call-counts.ts';
import { addAccessPoints, readGids } from './existing-access-points.ts';

/** What the simulated EFS is like from now on. */
export interface SimulatorOrder {
  /** Before each answer. */
  readonly latencyMs: number;
  /** Calls of one operation per second that are not throttled, and as many at once after a pause; absent: any number. */
  readonly perSecond?: number;
}

/** The first says where it is, each order is answered with what was counted since the one before. */
export type SimulatorReport =
  | { readonly env: Readonly<Record<string, string>> }
  | { readonly counts: CallCounts };

export interface SimulatedEfs {
  /** Leads AWS' SDK to it. */
  readonly env: Readonly<Record<string, string>>;
  /** What was called since the last order. */
  order(order: SimulatorOrder): Promise<CallCounts>;
  /** Of all access points, by client token. */
  gids(): ReadonlyMap<string, number>;
  usage(): Promise<ProcessUsage>;
  stop(): Promise<void>;
}

/** Starts it with access points that are there already. `stateDir` must not exist. */
export async function startSimulatedEfs(stateDir: string, accessPoints: number): Promise<SimulatedEfs> {
  await mkdir(stateDir, { recursive: true });
  addAccessPoints(stateDir, accessPoints);
  const child = fork(join(import.meta.dirname, 'simulator.ts'), [stateDir]);
  const ended = once(child, 'exit');
  const next = async () => {
    const gone = ended.then(([code]) => {
      throw new Error(`the simulated EFS ended with ${code}`);
    });
    const [message] = (await Promise.race([once(child, 'message'), gone])) as [SimulatorReport];
    return message;
  };
  const first = await next();
  if (!('env' in first)) throw new Error('the simulated EFS says nothing of itself');
  return {
    env: first.env,
    async order(order) {
      const report = next();
      child.send(order);
      const answer = await report;
      if (!('counts' in answer)) throw new Error('the simulated EFS counts nothing');
      return answer.counts;
    },
    gids: () => readGids(stateDir),
    usage: () => usageOf([child.pid ?? 0]),
    async stop() {
      child.disconnect();
      await ended;
    },
  };
}
