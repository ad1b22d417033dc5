import type { Call } from './call.ts';
import type { MountPlan, PublishRequest, VolumeMounter } from './driver.ts';

/** What the node service needs of the kernel; `mount/` provides it. No call here may hang past `call.signal`. */
export interface Mounts {
  /**
   * Makes `plan` stand at the request's target path, creating the path. A mount that already stands as planned is
   * success; another one there is `aborted`. A final code is thrown only when nothing is left mounted, because kubelet
   * never unpublishes after one. Resolves with the target as `canonical` names it.
   */
  publish(mounter: VolumeMounter, plan: MountPlan, request: PublishRequest, call: Call): Promise<string>;
  /** Makes nothing stand at `targetPath` and removes the path. Absent is success. */
  unpublish(targetPath: string, call: Call): Promise<void>;
  /** Sizes and condition of the file system mounted at `path`; `not-found` where nothing is mounted there. */
  health(path: string, call: Call): Promise<VolumeHealth>;
  /**
   * What the kernel has mounted in this mount namespace, by one read of its table. Touches no file system, so it cannot
   * hang. Asked for only off the hot path: before a single-writer publish and after a refusal.
   */
  standing(call: Call): Promise<readonly StandingMount[]>;
  /** A target path as the kernel's table names it: symbolic links above it followed (/var/lib/kubelet often is one). */
  canonical(targetPath: string): string;
}

/** A line of /proc/self/mountinfo. */
export interface StandingMount {
  readonly fsType: string;
  readonly source: string;
  readonly target: string;
}

/** Where the file system does not answer, `stats` are those of the last time it did. */
export interface VolumeHealth {
  readonly stats: VolumeStats;
  readonly condition: VolumeCondition;
}

export interface VolumeCondition {
  readonly abnormal: boolean;
  /** For a person; kubelet makes an event of it where its feature gate CSIVolumeHealth is on. */
  readonly message: string;
}

/** Bytes and inodes as statfs(2) reports them, `available` being what an unprivileged user may still take. */
export interface VolumeStats {
  readonly bytes: { readonly total: bigint; readonly used: bigint; readonly available: bigint };
  readonly inodes: { readonly total: bigint; readonly used: bigint; readonly available: bigint };
}
