import type { MountPlan } from '../csi/driver.ts';
import { CsiError } from '../csi/errors.ts';

/** Arguments of mount(8), `more` being options behind the plan's. utab is left alone: nothing reads it, and writing it costs time that grows with the mounts. */
export function mountArguments(plan: MountPlan, target: string, more: readonly string[] = []): string[] {
  if (plan.source.startsWith('-')) {
    throw new CsiError('invalid-argument', `mount source "${plan.source}" must not begin with "-"`);
  }
  const asked = plan.readonly && !plan.options.includes('ro') ? ['ro', ...plan.options] : plan.options;
  const options = [...asked, ...more];
  const helper = plan.withoutHelper ? ['--internal-only'] : [];
  const optionArguments = options.length === 0 ? [] : ['-o', options.join(',')];
  return ['--no-mtab', ...helper, '-t', plan.fsType, ...optionArguments, plan.source, target];
}
