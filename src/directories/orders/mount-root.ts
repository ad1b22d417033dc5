import { mkdir, readFile } from 'node:fs/promises';
import type { MountPlan } from '../../csi/driver.ts';
import { CsiError } from '../../csi/errors.ts';
import type { CommandResult, RunCommand } from '../../mount/command.ts';
import { mountArguments } from '../../mount/mount-arguments.ts';

const mountWithinMs = 60_000;

/**
 * Mounts a file system at `target` so that no symbolic link on it is followed by the kernel: a path without `..` then
 * cannot lead out of it, whatever its users put there meanwhile. To be called in a mount namespace that ends with this
 * process, so that nothing stays mounted however it ends. Throws `unavailable`.
 */
export async function mountRoot(run: RunCommand, plan: MountPlan, target: string): Promise<void> {
  await mkdir(target, { recursive: true, mode: 0o700 });
  const mount = async (args: readonly string[]) => {
    const result = await run({ program: 'mount', args, timeoutMs: mountWithinMs });
    if (result.exitCode !== 0 || result.timedOut) throw failure(plan, result);
  };
  await mount(mountArguments(plan, target));
  await mount(['--no-mtab', '-o', 'remount,bind,nosymfollow', target]);
  // A kernel before 5.10 takes the flag and does nothing about it.
  const table = await readFile('/proc/self/mountinfo', 'utf8');
  const line = table.split('\n').findLast((entry) => entry.split(' ')[4] === target);
  if (line?.split(' ')[5]?.split(',').includes('nosymfollow')) return;
  throw new CsiError(
    'failed-precondition',
    'this kernel cannot mount with nosymfollow, without which directory work is not safe: it needs Linux 5.10',
  );
}

function failure(plan: MountPlan, result: CommandResult): CsiError {
  const printed = result.stderr.trim() || `mount ended with code ${result.exitCode}`;
  const reason = result.timedOut ? 'mount did not end in time; is its server reachable from here?' : printed;
  return new CsiError('unavailable', `Could not mount "${plan.source}" for directory work: ${reason}`);
}
