import { mkdir } from 'node:fs/promises';
import type { Clock } from '../async/clock.ts';
import type { Call } from '../csi/call.ts';
import type { MountPlan, PublishRequest, VolumeMounter } from '../csi/driver.ts';
import { CsiError, retryableCodes } from '../csi/errors.ts';
import { removeEmptyDirectory } from './clear-target.ts';
import type { CommandResult, RunCommand } from './command.ts';
import type { LateMounts } from './late-mounts.ts';
import { mountArguments } from './mount-arguments.ts';
import type { MountedAt } from './mounted-at.ts';
import type { Statfs } from './statfs.ts';
import { makeCanonicalTarget, TARGET_MODE } from './target-path.ts';
import { type TargetState, targetState } from './target-state.ts';

export interface PublishPorts {
  readonly run: RunCommand;
  readonly clock: Clock;
  readonly mounted: MountedAt;
  readonly statfs: Statfs;
  readonly late: LateMounts;
  /** Makes nothing stand at a target and removes its directory. */
  readonly clear: (target: string, signal?: AbortSignal) => Promise<void>;
  /** The longest that a mount may take, in milliseconds. */
  readonly mountTimeoutMs: number;
}

interface Publish {
  readonly mounter: VolumeMounter;
  readonly plan: MountPlan;
  readonly request: PublishRequest;
  readonly call: Call;
  /** Where to mount, without symbolic links. */
  readonly target: string;
}

/** How long a publish waits for an earlier mount helper that is stuck, before it lets its caller come again. */
const STUCK_PATIENCE_MS = 10_000;

/** What is kept of the caller's time for killing a hung mount and cleaning up after it. */
const CLEANUP_RESERVE_MS = 5_000;

/** See `Mounts.publish`. Returns the target without symbolic links. */
export async function publish(
  ports: PublishPorts,
  mounter: VolumeMounter,
  plan: MountPlan,
  request: PublishRequest,
  call: Call,
): Promise<string> {
  const target = makeCanonicalTarget(request.targetPath);
  const act: Publish = { mounter, plan, request, call, target };
  if (await alreadyStands(ports, act)) return target;
  if (!(await ports.late.settles(target, STUCK_PATIENCE_MS, call.signal))) {
    throw new CsiError(
      'aborted',
      `${couldNotMount(act)}: an earlier mount of it is still stuck in the kernel`,
    );
  }
  // Mounting on a new directory keeps out helpers that an earlier process left stuck in the kernel.
  if (!(await removeEmptyDirectory(target))) {
    throw new CsiError('aborted', `${couldNotMount(act)}: something else was just mounted there`);
  }
  const prepared = await mounter.prepare?.(plan, request, call);
  try {
    await mountAnew(ports, act, prepared?.options);
    prepared?.keep?.();
  } catch (error) {
    await prepared?.undo().catch((undoError: unknown) => {
      call.log.error({ err: undoError, target }, 'undoing the preparation of a failed mount failed');
    });
    throw error;
  }
  return target;
}

/** True where the target stands as planned; false where nothing is left there, a corrupted mount having been removed. */
async function alreadyStands(ports: PublishPorts, act: Publish): Promise<boolean> {
  const { request, call, target } = act;
  await ports.late.undone(target);
  const state = await judge(ports, act);
  switch (state.state) {
    case 'as-planned':
      return ports.late.adopt(target) || alreadyStands(ports, act);
    case 'other':
      // ALREADY_EXISTS would be final: kubelet would forget the target and never unmount what stands there.
      throw new CsiError(
        'aborted',
        `target path "${request.targetPath}" is in use with something else: ${state.difference}; it stays until it is unpublished`,
      );
    case 'corrupted':
      call.log.warn({ target, reason: state.reason }, 'mounting anew: the mount at the target is corrupted');
      ports.mounted.forget(target);
      await ports.clear(target, call.signal);
      return false;
    case 'absent':
      return false;
  }
}

/**
 * The file system itself is asked only where its last statistics failed, by a child again: an error there means that
 * the mount is dead (silence does not, it may come back).
 */
async function judge(ports: PublishPorts, { mounter, plan, target, call }: Publish): Promise<TargetState> {
  const found = await ports.mounted.find(target, plan.fsType);
  const state = targetState(found, plan);
  const objection = found.type === 'mount' ? await mounter.objection?.(plan, found.entry) : undefined;
  if (state.state === 'as-planned' && objection !== undefined) {
    return { state: 'other', difference: objection };
  }
  if (state.state !== 'as-planned' || !ports.statfs.failed(target)) return state;
  ports.statfs.forget(target);
  const reason = await ports.statfs.stats(target, call).then(
    () => undefined,
    (error: unknown) => String(error),
  );
  return reason !== undefined && ports.statfs.failed(target) ? { state: 'corrupted', reason } : state;
}

async function mountAnew(ports: PublishPorts, act: Publish, options?: readonly string[]): Promise<void> {
  const { plan, target, call } = act;
  const args = mountArguments(plan, target, options);
  const timeoutMs = timeLimit(ports, call);
  let result: CommandResult | undefined;
  try {
    await mkdir(target, { mode: TARGET_MODE });
    result = await ports.run({ program: 'mount', args, timeoutMs, signal: call.signal });
    if (result.exitCode !== 0 || !(await ports.mounted.stands(target, plan.fsType)))
      throw failure(act, result);
    await refuseObjectionable(ports, act);
  } catch (error) {
    const taken = await takenBack(ports, act, asCsiError(act, error));
    if (result?.timedOut) ports.late.watch(target, result.gone);
    throw taken;
  } finally {
    ports.mounted.forget(target);
    ports.statfs.forget(target);
  }
}

/** The plan's options were followed, and yet the kernel may have made another mount of it than was meant. */
async function refuseObjectionable({ mounted }: PublishPorts, act: Publish): Promise<void> {
  const { mounter, plan, target } = act;
  if (mounter.objection === undefined) return;
  mounted.forget(target);
  const found = await mounted.find(target, plan.fsType);
  const objection = found.type === 'mount' ? await mounter.objection(plan, found.entry) : undefined;
  if (objection !== undefined) {
    throw new CsiError('failed-precondition', `${couldNotMount(act)}: ${objection}`);
  }
}

function timeLimit({ clock, mountTimeoutMs }: PublishPorts, call: Call): number {
  const left =
    call.deadline === undefined ? mountTimeoutMs : call.deadline - clock.now() - CLEANUP_RESERVE_MS;
  return Math.max(1_000, Math.min(mountTimeoutMs, left));
}

/** Leaves nothing at the target, then returns the error to throw: retryable as long as something may be left. */
async function takenBack(ports: PublishPorts, { target, call }: Publish, error: CsiError): Promise<CsiError> {
  try {
    await ports.clear(target);
    return error;
  } catch (clearError) {
    call.log.error({ err: clearError, target }, 'cleaning up after a failed mount failed');
    const code = retryableCodes.has(error.code) ? error.code : 'aborted';
    return new CsiError(code, `${error.message}; cleaning up failed: ${String(clearError)}`, {
      cause: error,
    });
  }
}

function failure(act: Publish, result: CommandResult): CsiError {
  const { mounter, plan, call } = act;
  const explained = result.exitCode === 0 ? undefined : mounter.explainFailure?.(plan, result);
  if (result.timedOut) {
    // The helper may still be at work, so the code must be one after which the orchestrator comes again.
    const reason = explained?.message ?? `${couldNotMount(act)}: ${whyStopped(call)}${tail(result)}`;
    return new CsiError(call.signal.aborted ? 'aborted' : 'unavailable', reason);
  }
  if (explained !== undefined) return new CsiError(explained.code, explained.message);
  const printed = result.stderr.trim() || `mount ended with code ${result.exitCode}, and nothing is mounted`;
  return new CsiError('internal', `${couldNotMount(act)}: ${printed}`);
}

function asCsiError(act: Publish, error: unknown): CsiError {
  if (error instanceof CsiError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new CsiError('internal', `${couldNotMount(act)}: ${reason}`, { cause: error });
}

const couldNotMount = ({ plan, request }: Publish) =>
  `Could not mount "${plan.source}" at "${request.targetPath}"`;

const whyStopped = (call: Call) =>
  call.signal.aborted
    ? 'the caller gave up waiting for mount'
    : 'mount did not end in time; check that the server is reachable from this node';

const tail = ({ stderr }: CommandResult) => (stderr.trim() === '' ? '' : ` (it printed: ${stderr.trim()})`);
