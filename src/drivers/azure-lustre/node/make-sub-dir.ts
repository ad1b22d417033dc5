import { join } from 'node:path';
import { remainingMs } from '../../../async/deadline.ts';
import type { Call } from '../../../csi/call.ts';
import type { VolumeMounter } from '../../../csi/driver.ts';
import { CsiError } from '../../../csi/errors.ts';
import type { CommandResult } from '../../../mount/command.ts';
import type { NodePorts } from '../../driver-module.ts';
import { type LustreMountPlan, lustreSource } from './mount-plan.ts';
import type { ScratchMounts } from './scratch-mount.ts';

const stepWithinMs = 30_000;

interface MakePorts extends Pick<NodePorts, 'clock' | 'run'> {
  readonly explain: NonNullable<VolumeMounter<LustreMountPlan>['explainFailure']>;
}

/** Runs one program within what is left of the call's time; throws `StuckError` when it does not end. */
type Step = (program: string, args: readonly string[]) => Promise<CommandResult>;

/** A command that was given up; what it works on has to be cleaned up without it. */
class StuckError extends CsiError {
  readonly command: CommandResult;
  constructor(message: string, command: CommandResult) {
    super('unavailable', message);
    this.command = command;
  }
}

/**
 * Makes the plan's sub-directory through a temporary mount of the file system's root, because the Lustre client mounts
 * a sub-directory only when it exists. Everything that touches the file system runs in a child with a time limit.
 */
export async function makeSubDir(
  ports: MakePorts,
  scratch: ScratchMounts,
  plan: LustreMountPlan,
  call: Call,
): Promise<void> {
  const step = stepsOf(ports, plan, call);
  const root = await scratch.open();
  try {
    await mountRoot(ports, step, root, plan);
    await makeInside(step, root, plan);
  } catch (error) {
    if (error instanceof StuckError) scratch.abandon(root, error.command);
    else await scratch.close(root);
    throw error;
  }
  await scratch.close(root);
}

function stepsOf({ clock, run }: MakePorts, plan: LustreMountPlan, call: Call): Step {
  return async (program, args) => {
    const timeoutMs = Math.max(1, Math.min(stepWithinMs, remainingMs(clock, call.deadline)));
    const result = await run({ program, args, timeoutMs, signal: call.signal });
    if (!result.timedOut) return result;
    const message = failure(
      plan,
      `${program} did not end in time: the file system does not answer; every server of it has to be reachable on TCP 988`,
    );
    throw new StuckError(message, result);
  };
}

async function mountRoot(
  { explain }: MakePorts,
  step: Step,
  root: string,
  plan: LustreMountPlan,
): Promise<void> {
  const rootPlan = { ...plan, source: lustreSource(plan.mgsAddress, ''), subDir: '' };
  const options = plan.options.length === 0 ? [] : ['-o', plan.options.join(',')];
  const mounted = await step('mount', ['-t', plan.fsType, ...options, rootPlan.source, root]);
  if (mounted.exitCode === 0) return;
  const explained = explain(rootPlan, mounted);
  throw new CsiError(
    explained?.code ?? 'internal',
    failure(plan, explained?.message ?? whatItPrinted(mounted)),
  );
}

/**
 * A symbolic link that a pod has put into the file system must not lead root's mkdir out of it, so the path is
 * resolved first and has to be itself.
 */
async function makeInside(step: Step, root: string, plan: LustreMountPlan): Promise<void> {
  const wanted = join(root, plan.subDir);
  const resolved = succeeded(plan, await step('realpath', ['-z', '-m', '--', root, wanted]));
  const [realRoot = '', realWanted] = resolved.stdout.split('\0');
  if (realWanted !== join(realRoot, plan.subDir)) {
    const reason = 'a part of the path is a symbolic link; name the directory it points to';
    throw new CsiError('failed-precondition', failure(plan, reason));
  }
  succeeded(plan, await step('mkdir', ['-p', '-m', '0775', '--', wanted]));
}

function succeeded(plan: LustreMountPlan, result: CommandResult): CommandResult {
  if (result.exitCode === 0) return result;
  throw new CsiError('internal', failure(plan, whatItPrinted(result)));
}

function failure(plan: LustreMountPlan, reason: string): string {
  return `failed to make subdirectory: ${plan.subDir} of ${lustreSource(plan.mgsAddress, '')}: ${reason}`;
}

const whatItPrinted = ({ stderr, exitCode }: CommandResult) => stderr.trim() || `exit code ${exitCode}`;
