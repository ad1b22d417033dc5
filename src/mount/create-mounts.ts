import { type Clock, systemClock } from '../async/clock.ts';
import { CsiError } from '../csi/errors.ts';
import type { Mounts, VolumeCondition } from '../csi/mounts.ts';
import type { Log } from '../telemetry/log.ts';
import { clearTarget, defaultUnmountPolicy, type UnmountPolicy } from './clear-target.ts';
import type { RunCommand } from './command.ts';
import { createLateMounts } from './late-mounts.ts';
import { createMountTable, type MountTable } from './mount-table.ts';
import { createMountedAt } from './mounted-at.ts';
import { type PublishPorts, publish } from './publish.ts';
import { createStatfs } from './statfs.ts';
import { canonicalTarget } from './target-path.ts';
import { createVolumeHealth } from './volume-health.ts';

export interface MountsOptions {
  readonly run: RunCommand;
  readonly log: Log;
  readonly clock?: Clock;
  readonly table?: MountTable;
  readonly unmountPolicy?: UnmountPolicy;
  /** The longest that a mount may take; below kubelet's 120 s for a call, as other drivers have it. */
  readonly mountTimeoutMs?: number;
  /** The longest that statistics may take. */
  readonly statfsTimeoutMs?: number;
  /** Told how many volumes are abnormal whenever that changes. */
  readonly abnormalCount?: (count: number) => void;
  /** Told when a volume's trouble begins or ends; see `NodeGetVolumeStats`. */
  readonly conditionChanged?: (target: string, condition: VolumeCondition) => void;
}

/** The kernel of this mount namespace as the node service wants it. Nothing is remembered that the kernel does not say. */
export function createMounts(options: MountsOptions): Mounts {
  const { run, log, clock = systemClock, table = createMountTable() } = options;
  const mounted = createMountedAt(table, clock);
  const statfs = createStatfs({ run, clock, timeoutMs: options.statfsTimeoutMs ?? 10_000 });
  const health = createVolumeHealth({
    table,
    statfs,
    log,
    abnormalCount: options.abnormalCount ?? (() => {}),
    conditionChanged: options.conditionChanged ?? (() => {}),
  });
  const policy = options.unmountPolicy ?? defaultUnmountPolicy;
  const clearPorts = { run, clock, log, policy, hangs: statfs.hangs };
  const clear = async (target: string, signal?: AbortSignal): Promise<void> => {
    try {
      await clearTarget(target, clearPorts, signal);
    } finally {
      mounted.forget(target);
      statfs.forget(target);
    }
    health.forget(target);
  };
  const isMounted = async (target: string) => (await table.at(target)).length > 0;
  const late = createLateMounts({ clock, log, stands: isMounted, undo: clear });
  const mountTimeoutMs = options.mountTimeoutMs ?? 110_000;
  const ports: PublishPorts = { run, clock, mounted, statfs, late, clear, mountTimeoutMs };

  return {
    async publish(mounter, plan, request, call) {
      const target = await publish(ports, mounter, plan, request, call);
      health.published(target, plan);
      return target;
    },
    async unpublish(targetPath, call) {
      const target = canonicalTarget(targetPath);
      if (target === undefined) return;
      await late.undone(target);
      await clear(target, call.signal);
    },
    async health(path, call) {
      const target = path.startsWith('/') ? canonicalTarget(path) : undefined;
      if (target === undefined) throw new CsiError('not-found', `path ${path} does not exist`);
      return health.ask(target, call);
    },
    canonical: (targetPath) => canonicalTarget(targetPath) ?? targetPath,
    async standing() {
      const entries = await table.all();
      return entries.map(({ fsType, source, mountPoint }) => ({ fsType, source, target: mountPoint }));
    },
  };
}
