import type { MountPlan } from '../csi/driver.ts';
import { CsiError } from '../csi/errors.ts';

/** Arguments of mount(8). utab is left alone: nothing reads it, and writing it costs time that grows with the mounts. */
export function mountArguments(plan: MountPlan, target: string): string[] {
  if (plan.source.startsWith('-')) {
    throw new CsiError('invalid-argument', `mount source "${plan.source}" must not begin with "-"`);
  }
  const options = plan.readonly && !plan.options.includes('ro') ? ['ro', ...plan.options] : plan.options;
  const optionArguments = options.length === 0 ? [] : ['-o', options.join(',')];
  return ['--no-mtab', '-t', plan.fsType, ...optionArguments, plan.source, target];
}
