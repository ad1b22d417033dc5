import type { MountPlan, VolumeMounter } from '../driver.ts';
import { CsiError } from '../errors.ts';
import type { Mounts, VolumeStats } from '../mounts.ts';

export interface FakeMountsOptions {
  /** What the mount helper does; throwing stands for its failure. */
  readonly mount?: (plan: MountPlan, targetPath: string) => void | Promise<void>;
  /** What the kernel calls a target path; the same where absent. */
  readonly canonical?: (targetPath: string) => string;
  /** Make and remove real directories at the targets, for a tester that looks. */
  readonly makeTarget?: (path: string) => Promise<void>;
  readonly removeTarget?: (path: string) => Promise<void>;
}

export interface FakeMounts extends Mounts {
  /** What stands, by target path. */
  readonly table: Map<string, MountPlan>;
}

const stats: VolumeStats = {
  bytes: { total: 2n ** 63n - 1n, used: 1024n, available: 2n ** 63n - 1025n },
  inodes: { total: 1000n, used: 1n, available: 999n },
};

/** A kernel in memory, with the promises of the `Mounts` port. */
export function createFakeMounts(options: FakeMountsOptions = {}): FakeMounts {
  const table = new Map<string, MountPlan>();
  const canonical = options.canonical ?? ((path: string) => path);
  return {
    table,
    canonical,
    async publish(mounter, plan, request, call) {
      call.signal.throwIfAborted();
      const target = canonical(request.targetPath);
      const standing = table.get(target);
      if (standing !== undefined) {
        if (sameMount(standing, plan)) return target;
        throw new CsiError('aborted', `${request.targetPath} has another mount: ${standing.source}`);
      }
      const prepared = await mounter.prepare?.(plan, request, call);
      try {
        await options.mount?.(plan, request.targetPath);
      } catch (cause) {
        await prepared?.undo();
        throw new CsiError('internal', `Could not mount ${plan.source} at ${request.targetPath}`, { cause });
      }
      await options.makeTarget?.(request.targetPath);
      table.set(target, plan);
      return target;
    },
    async unpublish(targetPath, call) {
      call.signal.throwIfAborted();
      table.delete(canonical(targetPath));
      await options.removeTarget?.(targetPath);
    },
    async health(path) {
      if (!table.has(canonical(path))) throw new CsiError('not-found', `nothing is mounted at ${path}`);
      return { stats, condition: { abnormal: false, message: 'it is well' } };
    },
    async standing() {
      return [...table].map(([target, { fsType, source }]) => ({ target, fsType, source }));
    },
  };
}

function sameMount(a: MountPlan, b: MountPlan): boolean {
  return (
    a.fsType === b.fsType &&
    a.source === b.source &&
    a.readonly === b.readonly &&
    a.options.join() === b.options.join()
  );
}

/** A mounter whose sources are volume ids; a volume context with `refuse` is refused. */
export const memoryMounter: VolumeMounter = {
  plan: ({ volumeId, readonly, capability, volumeContext }) => {
    if ('refuse' in volumeContext) throw new CsiError('invalid-argument', 'volume context says refuse');
    if (capability.access.type === 'block') {
      throw new CsiError('invalid-argument', 'block volumes are not supported');
    }
    return { fsType: 'memory', source: volumeId, options: capability.access.mountFlags, readonly };
  },
};
