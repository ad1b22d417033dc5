import type { Change } from './object-store.ts';

/** The newest changes of all resources, in memory, for watches that resume. */
export interface ChangeLog {
  append(change: Change): void;
  /** Of the newest change; 1 in a new file. */
  revision(): number;
  /** Changes of the resource after `revision`; undefined where some are forgotten. */
  since(resource: string, revision: number): Change[] | undefined;
}

/** However short the changes, a state file and this process hold no more than this of them, in characters. */
const MAX_CHARACTERS = 64 * 1024 * 1024;

/** Keeps at least `length` changes; older ones are forgotten in batches, and `onTrim` told up to which revision. */
export function createChangeLog(length: number, onTrim: (revision: number) => void): ChangeLog {
  let changes: Change[] = [];
  let characters = 0;
  let forgotten: number | undefined;
  return {
    append(change) {
      // The first change ever read back may be far from revision 1: what lies before it is forgotten.
      forgotten ??= change.revision - 1;
      changes.push(change);
      characters += change.entry.json.length;
      if (changes.length < 2 * length && characters < MAX_CHARACTERS) return;
      const kept = Math.min(length, changes.length >> 1 || 1);
      forgotten = changes.at(-kept - 1)?.revision ?? forgotten;
      changes = changes.slice(-kept);
      characters = changes.reduce((sum, { entry }) => sum + entry.json.length, 0);
      onTrim(forgotten);
    },
    revision: () => changes.at(-1)?.revision ?? 1,
    since(resource, revision) {
      if (revision < (forgotten ?? 0)) return undefined;
      return changes
        .slice(firstAfter(changes, revision))
        .filter((change) => change.entry.resource === resource);
    },
  };
}

function firstAfter(changes: readonly Change[], revision: number): number {
  let [low, high] = [0, changes.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((changes[middle]?.revision ?? 0) > revision) high = middle;
    else low = middle + 1;
  }
  return low;
}
