import type { FileCalls } from '../orders/file-calls.ts';
import type { ProjectQuota } from '../orders/project-quota.ts';
import type { Workplace } from '../orders/workplace.ts';

/** Stands for the end of the process: whoever catches it cannot do anything any more. */
export class Died extends Error {}

const changing = [
  'mkdirSync',
  'rmdirSync',
  'unlinkSync',
  'renameSync',
  'linkSync',
  'writeFileSync',
  'chownSync',
  'chmodSync',
] as const satisfies readonly (keyof FileCalls)[];

/**
 * A workplace whose process dies right before its `fatal`th change, counted from 0; half of a file that was to be
 * written then is on disk. `steps` says how many changes there were.
 */
export function dyingAt(place: Workplace, fatal: number) {
  let steps = 0;
  let dead = false;
  const step = (dying: () => void = () => {}) => {
    if (dead) throw new Died();
    if (steps++ !== fatal) return;
    dead = true;
    dying();
    throw new Died();
  };
  const files = { ...place.files };
  for (const name of changing) {
    const real = place.files[name] as (...args: unknown[]) => unknown;
    const halfDone = (path: unknown, text: unknown) => () => {
      if (name === 'writeFileSync') real(path, String(text).slice(0, String(text).length / 2));
    };
    Object.assign(files, {
      [name]: (...args: unknown[]) => {
        step(halfDone(args[0], args[1]));
        return real(...args);
      },
    });
  }
  const quota: ProjectQuota = {
    ...place.quota,
    assign: async (id, directory) => {
      step();
      await place.quota.assign(id, directory);
    },
    limit: async (id, bytes) => {
      step();
      await place.quota.limit(id, bytes);
    },
  };
  return { place: { ...place, files, quota }, steps: () => steps };
}
