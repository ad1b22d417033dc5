import type { Clock } from '../async/clock.ts';
import type { Log } from '../telemetry/log.ts';
import { endsWithin } from './ends-within.ts';

/**
 * Mount helpers that were killed and are not gone: one may be stuck in the kernel for minutes (Lustre with an MGS that
 * does not answer) and mount after all. What such a helper mounts nobody has asked for any more, so it is undone.
 */
export interface LateMounts {
  /** Watches `target` until the helper is `gone`. */
  watch(target: string, gone: Promise<void>): void;
  /** A caller has found the late mount to be what it wants: it stays. False where it is already being undone. */
  adopt(target: string): boolean;
  /** Waits while a late mount at `target` is being undone. */
  undone(target: string): Promise<void>;
  /** Whether no helper is left for `target` before `milliseconds` have passed or `signal` is aborted. */
  settles(target: string, milliseconds: number, signal: AbortSignal): Promise<boolean>;
}

export interface LateMountPorts {
  readonly clock: Clock;
  readonly log: Log;
  /** Whether something is mounted at a path; must not ask its file system. */
  readonly stands: (target: string) => Promise<boolean>;
  readonly undo: (target: string) => Promise<void>;
}

interface Watch {
  undoing: Promise<void> | undefined;
  readonly over: Promise<void>;
}

/** Between two looks; each costs one read of the mount table. */
const LOOK_MS = 5_000;

export function createLateMounts({ clock, log, stands, undo }: LateMountPorts): LateMounts {
  const watches = new Map<string, Watch>();

  const undoIfMounted = async (target: string, watch: Watch): Promise<void> => {
    // Between this check and the start of undoing nothing may be awaited: a caller could adopt the mount meanwhile.
    if (!(await stands(target)) || watches.get(target) !== watch) return;
    log.warn({ target }, 'a mount arrived after its helper was given up; undoing it');
    watch.undoing = undo(target).catch((error: unknown) => {
      log.error({ target, err: error }, 'a late mount could not be undone');
    });
    await watch.undoing;
    watch.undoing = undefined;
  };

  const follow = async (target: string, gone: Promise<void>, watch: Watch): Promise<void> => {
    let helperGone = false;
    while (!helperGone && watches.get(target) === watch) {
      helperGone = await endsWithin(gone, LOOK_MS, clock);
      await undoIfMounted(target, watch);
    }
    if (watches.get(target) === watch) watches.delete(target);
  };

  return {
    watch(target, gone) {
      const start = Promise.withResolvers<void>();
      const watch: Watch = {
        undoing: undefined,
        over: start.promise.then(() => follow(target, gone, watch)),
      };
      watches.set(target, watch);
      watch.over.catch((error: unknown) => log.error({ target, err: error }, 'watching a late mount failed'));
      start.resolve();
    },
    adopt(target) {
      if (watches.get(target)?.undoing !== undefined) return false;
      watches.delete(target);
      return true;
    },
    undone: async (target) => watches.get(target)?.undoing,
    async settles(target, milliseconds, signal) {
      const watch = watches.get(target);
      return watch === undefined || endsWithin(watch.over, milliseconds, clock, signal);
    },
  };
}
