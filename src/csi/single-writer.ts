import type { Call } from './call.ts';
import { CsiError } from './errors.ts';
import type { Mounts } from './mounts.ts';

/**
 * CSI: SINGLE_NODE_SINGLE_WRITER allows a volume one target on the node. SINGLE_NODE_WRITER is not held to it:
 * orchestrators before Kubernetes 1.27 send it for ReadWriteOnce, which allows several pods of a node.
 *
 * The kernel knows sources, not volumes, and several volumes may share one file system. So this remembers where this
 * process published each volume, and believes it only as far as the kernel still has a mount there. After a restart it
 * knows of none and refuses nothing; Kubernetes enforces ReadWriteOncePod itself.
 */
export interface SingleWriter {
  /** Throws `failed-precondition` where the volume stands at another target. */
  refuseSecondTarget(volumeId: string, targetPath: string, call: Call): Promise<void>;
  /** `target` as `Mounts.canonical` names it. */
  published(volumeId: string, target: string): void;
  unpublished(targetPath: string): void;
}

export function createSingleWriter(mounts: Mounts): SingleWriter {
  const volumeAt = new Map<string, string>();
  return {
    async refuseSecondTarget(volumeId, targetPath, call) {
      const here = mounts.canonical(targetPath);
      const others = [...volumeAt].filter(([target, volume]) => volume === volumeId && target !== here);
      if (others.length === 0) return;
      const standing = new Set((await mounts.standing(call)).map(({ target }) => target));
      const other = others.find(([target]) => standing.has(target));
      if (other === undefined) return;
      throw new CsiError(
        'failed-precondition',
        `volume ${volumeId} is already published at ${other[0]} and its access mode allows a single writer`,
      );
    },
    published: (volumeId, target) => void volumeAt.set(target, volumeId),
    unpublished: (targetPath) => void volumeAt.delete(mounts.canonical(targetPath)),
  };
}
