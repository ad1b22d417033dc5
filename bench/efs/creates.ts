import { mkdir, mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import type { CallPlugin } from '../plugins/client.ts';
import { type Plugin, startPlugin } from '../plugins/plugin.ts';
import { allCalls } from './call-counts.ts';
import { efsDriver, efsParameters } from './efs-class.ts';
import { newGids } from './gid-range.ts';
import { type SimulatedEfs, type SimulatorOrder, startSimulatedEfs } from './simulated-efs.ts';

/** Ours, and one that allocates as upstream does. */
export type Allocator = 'ledger' | 'naive';

export interface CreateOptions {
  readonly bundles: string;
  readonly directory: string;
  readonly call: CallPlugin;
  readonly allocator: Allocator;
  /** Access points that are there before. */
  readonly existing: number;
  readonly order: SimulatorOrder;
  /** Made before anything is timed, by ten callers: code that is called for the first time takes four times as long. */
  readonly warmUp: number;
  /** One after the other, by the same process. */
  readonly steps: readonly { readonly callers: number; readonly volumes: number }[];
}

/** One step: so many volumes asked for by so many callers at a time. */
export interface Created {
  readonly callers: number;
  readonly volumes: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Throttled ones count. */
  readonly callsPerVolume: number;
  readonly throttled: number;
  /** As many as volumes, where all is well. */
  readonly differentGids: number;
  readonly cpuMsPerVolume: number;
  readonly simulatorCpuMsPerVolume: number;
  readonly rssMiB: number;
}

export interface CreateRun {
  readonly allocator: Allocator;
  readonly existing: number;
  /** Calls of EFS for the first volume of a process, which is not measured otherwise. */
  readonly callsOfFirst: number;
  /** Over all volumes of the process, the first included. */
  readonly callsPerVolume: number;
  readonly steps: readonly Created[];
}

/** Longer than the most throttled of baselines takes. */
const PATIENCE_SECONDS = 600;

/** A controller of its own on a simulated EFS of its own. */
export async function measureCreates(options: CreateOptions): Promise<CreateRun> {
  const directory = await mkdtemp(join(options.directory, 'creates-'));
  const efs = await startSimulatedEfs(join(directory, 'aws'), options.existing);
  try {
    const plugin = await startController(options, directory, efs);
    try {
      return await measureSteps(options, efs, plugin);
    } finally {
      await plugin.stop();
    }
  } finally {
    await efs.stop();
  }
}

async function startController(
  { allocator, bundles }: CreateOptions,
  directory: string,
  efs: SimulatedEfs,
): Promise<Plugin> {
  await mkdir(join(directory, 'plugin'));
  const args = [
    ...['--driver', efsDriver, '--sidecars', 'external'],
    ...['--health-port', '0', '--health-address', '127.0.0.1'],
  ];
  const role = allocator === 'ledger' ? 'controller' : 'naive';
  return startPlugin({
    ...{ bundles, role, env: efs.env },
    directory: join(directory, 'plugin'),
    args: role === 'controller' ? args : [],
  });
}

async function measureSteps(
  { allocator, existing, call, order, warmUp, steps }: CreateOptions,
  efs: SimulatedEfs,
  plugin: Plugin,
): Promise<CreateRun> {
  const create = (calls: number, callers: number) =>
    call(plugin.socket, {
      ...{ method: 'create', calls, callers, parameters: efsParameters },
      againForSeconds: PATIENCE_SECONDS,
    });
  await efs.order(order);
  await create(1, 1);
  const first = await efs.order(order);
  if (warmUp > 0) await create(warmUp, 10);
  const measured: Created[] = [];
  let calls = allCalls(first) + allCalls(await efs.order(order));
  for (const { callers, volumes } of steps) {
    const known = efs.gids();
    const [before, simulatorBefore] = [await plugin.usage(), await efs.usage()];
    const { perSecond, p50Ms, p99Ms } = await create(volumes, callers);
    const [after, simulatorAfter] = [await plugin.usage(), await efs.usage()];
    const counts = await efs.order(order);
    calls += allCalls(counts);
    measured.push({
      ...{ callers, volumes, perSecond, p50Ms, p99Ms },
      callsPerVolume: allCalls(counts) / volumes,
      throttled: counts.throttled,
      differentGids: newGids(known, efs.gids()),
      cpuMsPerVolume: (after.cpuMs - before.cpuMs) / volumes,
      simulatorCpuMsPerVolume: (simulatorAfter.cpuMs - simulatorBefore.cpuMs) / volumes,
      rssMiB: after.rssMiB,
    });
  }
  const volumes = steps.reduce((sum, step) => sum + step.volumes, 1 + warmUp);
  return {
    ...{ allocator, existing, steps: measured },
    callsOfFirst: allCalls(first),
    callsPerVolume: calls / volumes,
  };
}
