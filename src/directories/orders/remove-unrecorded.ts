import { join } from 'node:path';
import { CsiError } from '../../csi/errors.ts';
import type { RemoveUnrecorded } from '../directories-port.ts';
import { overlaps, pathsAbove } from '../inner-path.ts';
import { openRegistry, type Registry } from './registry.ts';
import { removeTree } from './remove-tree.ts';
import { look, notADirectory, type Workplace } from './workplace.ts';

/** See `DirectoriesPort.removeUnrecorded`. Returns false where the removal goes on with its next turn. */
export async function removeUnrecorded(place: Workplace, order: RemoveUnrecorded): Promise<boolean> {
  const problem = unsafeRemoval(order);
  if (problem !== undefined) throw new CsiError('failed-precondition', problem);
  const registry = openRegistry(place.files, place.root);
  refuseRecorded(registry, order);
  const aside = registry.setAside(order.volume);
  // A client that still has the access point makes its directory anew, so what comes back is removed as well.
  for (;;) {
    if (place.files.lstatSync(aside, { throwIfNoEntry: false }) !== undefined) {
      if (!(await removeTree(place, aside))) return false;
    }
    if (!standsBelow(place, order)) return true;
    place.files.renameSync(join(place.root, order.path), aside);
  }
}

/** Pure. Why a directory must not be removed, whatever is there. */
export function unsafeRemoval({
  base,
  path,
  inUse,
}: Pick<RemoveUnrecorded, 'base' | 'path' | 'inUse'>): string | undefined {
  const stays = `directory "/${path}" is not removed`;
  if (base !== '' && !path.startsWith(`${base}/`))
    return `${stays}: it is not below the base path "/${base}"`;
  const other = inUse.map((used) => used.replace(/^\/+|\/+$/g, '')).find((used) => overlaps(used, path));
  return other === undefined ? undefined : `${stays}: another volume uses "/${other}"`;
}

function refuseRecorded(registry: Registry, order: RemoveUnrecorded): void {
  for (const path of [...pathsAbove(order.path), order.path]) {
    const owner = registry.holder('path', path);
    if (owner === undefined) continue;
    const message = `directory "/${order.path}" is not removed: "/${path}" is the directory of volume ${owner}`;
    throw new CsiError('failed-precondition', message);
  }
}

/** Whether the directory is there, reached without a link. */
function standsBelow(place: Workplace, order: RemoveUnrecorded): boolean {
  for (const path of [...pathsAbove(order.path), order.path]) {
    const found = look(place, path);
    if (found === undefined) return false;
    if (!found.isDirectory()) throw notADirectory(path);
  }
  return true;
}
