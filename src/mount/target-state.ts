import type { MountPlan } from '../csi/driver.ts';
import type { Found } from './mounted-at.ts';
import type { MountEntry } from './mountinfo.ts';

/** What stands at a target path, judged against what shall stand there. Reasons are for the user. */
export type TargetState =
  | { readonly state: 'absent' }
  | { readonly state: 'as-planned' }
  | { readonly state: 'other'; readonly difference: string }
  | { readonly state: 'corrupted'; readonly reason: string };

/**
 * Compared are source, root, read-only and the kernel's generic flags: file systems show other options of their own
 * than were passed (Lustre adds a dozen), and a stand-in may have another type. A flag that was not asked for is no
 * difference, because the kernel adds some itself.
 */
export function targetState(found: Found, plan: MountPlan): TargetState {
  if (found.type === 'nothing') return { state: 'absent' };
  if (found.type === 'broken') return { state: 'corrupted', reason: `the mount answers ${found.errno}` };
  const { entry } = found;
  if (entry.root.endsWith('//deleted')) {
    return { state: 'corrupted', reason: 'the mounted directory was deleted' };
  }
  const difference = differenceOf(entry, plan);
  return difference === undefined ? { state: 'as-planned' } : { state: 'other', difference };
}

function differenceOf(entry: MountEntry, plan: MountPlan): string | undefined {
  const source = plan.shownSource ?? plan.source;
  if (entry.source !== source) return `"${entry.source}" is mounted there, not "${source}"`;
  if (entry.root !== '/') return `only "${entry.root}" of "${entry.source}" is mounted there`;
  const wanted = wantedFlags(plan);
  if (wanted.has('ro') && !isReadOnly(entry)) return 'it is mounted read-write, not read-only';
  if (!wanted.has('ro') && entry.options.includes('ro')) return 'it is mounted read-only, not read-write';
  const missing = [...wanted].filter((flag) => flag !== 'ro' && !entry.options.includes(flag));
  return missing.length === 0 ? undefined : `it is mounted without ${missing.join(',')}`;
}

/** A file system may itself be read-only under a mount that is not. */
const isReadOnly = (entry: MountEntry) => entry.options.includes('ro') || entry.superOptions.includes('ro');

/** Generic flags that mountinfo shows per mount, with the option that takes each back. */
const genericFlags: ReadonlyMap<string, string> = new Map([
  ['ro', 'rw'],
  ['nosuid', 'suid'],
  ['nodev', 'dev'],
  ['noexec', 'exec'],
  ['noatime', 'atime'],
  ['nodiratime', 'diratime'],
]);

/** As in mount(8) the last of contradicting options counts, except that `readonly` cannot be taken back. */
function wantedFlags(plan: MountPlan): ReadonlySet<string> {
  const wanted = new Set<string>();
  for (const option of plan.options) {
    for (const [flag, opposite] of genericFlags) {
      if (option === flag) wanted.add(flag);
      if (option === opposite) wanted.delete(flag);
    }
  }
  if (plan.readonly) wanted.add('ro');
  return wanted;
}
