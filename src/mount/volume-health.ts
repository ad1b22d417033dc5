import type { MountPlan } from '../csi/driver.ts';
import { CsiError } from '../csi/errors.ts';
import type { VolumeCondition, VolumeHealth, VolumeStats } from '../csi/mounts.ts';
import type { Log } from '../telemetry/log.ts';
import type { MountTable } from './mount-table.ts';
import type { MountEntry } from './mountinfo.ts';
import type { Statfs } from './statfs.ts';
import { targetState } from './target-state.ts';

/** Sizes and condition of what is mounted at targets. Targets are canonical. */
export interface VolumeHealthOf {
  /**
   * Throws `not-found` where nothing is mounted, and what `Statfs.stats` throws where the file system does not answer
   * and its size was never known: kubelet takes no condition without a size.
   */
  ask(target: string, call: { readonly signal: AbortSignal }): Promise<VolumeHealth>;
  /** What was published at a target, to be compared with what is found there later. */
  published(target: string, plan: MountPlan): void;
  /** Nothing stands at the target any more. */
  forget(target: string): void;
}

export interface VolumeHealthPorts {
  readonly table: Pick<MountTable, 'at'>;
  readonly statfs: Pick<Statfs, 'stats'>;
  readonly log: Log;
  /** Told how many volumes are abnormal whenever that changes. */
  readonly abnormalCount: (count: number) => void;
  /** Told when a volume's trouble begins or ends. */
  readonly conditionChanged: (target: string, condition: VolumeCondition) => void;
}

/** All of it may be lost: after a restart a mount is compared again once it is published again. */
interface Known {
  plan?: MountPlan;
  stats?: VolumeStats;
  /** What was last told of it. */
  trouble?: string | undefined;
}

export function createVolumeHealth(ports: VolumeHealthPorts): VolumeHealthOf {
  const { table, statfs, log, abnormalCount, conditionChanged } = ports;
  const known = new Map<string, Known>();
  const about = (target: string): Known => {
    const volume = known.get(target) ?? {};
    known.set(target, volume);
    return volume;
  };
  const count = () =>
    abnormalCount([...known.values()].filter(({ trouble }) => trouble !== undefined).length);

  const judged = (target: string, trouble: string | undefined): VolumeCondition => {
    const volume = about(target);
    const before = volume.trouble;
    volume.trouble = trouble;
    const condition: VolumeCondition =
      trouble === undefined
        ? { abnormal: false, message: 'mounted, and its file system answers' }
        : { abnormal: true, message: trouble };
    // The words of a trouble that lasts change with each poll ("… for 70 s"); only its beginning and end are news.
    if ((before === undefined) !== (trouble === undefined)) {
      if (trouble === undefined) log.info({ target }, 'the volume is well again');
      else log.warn({ target, reason: trouble }, 'the volume has become abnormal');
      count();
      conditionChanged(target, condition);
    }
    return condition;
  };
  const forget = (target: string) => {
    if (known.delete(target)) count();
  };

  return {
    async ask(target, call) {
      const entry = (await table.at(target)).at(-1);
      if (entry === undefined) {
        if (known.has(target)) log.warn({ target }, 'what was published is not mounted any more');
        forget(target);
        throw new CsiError('not-found', `nothing is mounted at ${target}`);
      }
      const volume = about(target);
      const changed = changeOf(entry, volume.plan);
      try {
        volume.stats = await statfs.stats(target, call);
      } catch (error) {
        const trouble = error instanceof CsiError ? error.message : String(error);
        if (call.signal.aborted) throw error;
        const condition = judged(target, trouble);
        if (volume.stats === undefined) throw error;
        return { stats: volume.stats, condition };
      }
      return { stats: volume.stats, condition: judged(target, changed) };
    },
    published(target, plan) {
      about(target).plan = plan;
    },
    forget,
  };
}

/** How a mount differs from what was published there; undefined where this process published nothing. */
function changeOf(entry: MountEntry, plan: MountPlan | undefined): string | undefined {
  if (plan === undefined) return undefined;
  const state = targetState({ type: 'mount', entry }, plan);
  if (state.state === 'other') return `the mount is not what was published: ${state.difference}`;
  return state.state === 'corrupted' ? state.reason : undefined;
}
