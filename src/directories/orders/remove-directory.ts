import { join } from 'node:path';
import { CsiError } from '../../csi/errors.ts';
import { joinInner } from '../inner-path.ts';
import { existingRegistry, type Registry } from './registry.ts';
import { removeTree } from './remove-tree.ts';
import type { StoredRecord } from './stored-record.ts';
import { returnProject } from './take-project.ts';
import { look, notADirectory, type Workplace } from './workplace.ts';

/**
 * Does with a volume's directory what its record says. Returns false where the removal goes on with its next turn.
 * Without a record nothing proves that there is anything of Berth's, so nothing is touched.
 */
export async function removeVolume(place: Workplace, volume: string): Promise<boolean> {
  const registry = existingRegistry(place.files, place.root);
  const record = registry?.record(volume);
  if (registry === undefined || record === undefined || record.state === 'retained') return true;
  const path = joinInner(record.base, record.path);
  const own = registry.holder('path', path) === volume;
  if (record.state === 'archived') {
    registry.release('path', path, volume);
    return true;
  }
  const stands = own && look(place, path) !== undefined;
  // An interrupted creation has no data to keep.
  if (record.state === 'ready' && keepData(place, registry, record, stands)) return true;
  return remove(place, registry, record, stands);
}

/** Returns false where the record wants nothing kept, or there is nothing. */
function keepData(place: Workplace, registry: Registry, record: StoredRecord, stands: boolean): boolean {
  switch (record.onDelete) {
    case 'delete':
      return false;
    case 'retain':
      if (stands) registry.write({ ...record, state: 'retained' });
      return stands;
    case 'archive':
      return archive(place, registry, record, stands);
  }
}

function archive(place: Workplace, registry: Registry, record: StoredRecord, stands: boolean): boolean {
  const path = joinInner(record.base, record.path);
  const kept = joinInner(record.base, `archived-${record.volume}`);
  const isKept = look(place, kept) !== undefined;
  if (stands && isKept) {
    const message = `"${path}" cannot be archived as "${kept}", which exists; move one of them away`;
    throw new CsiError('failed-precondition', message);
  }
  if (stands) {
    if (!look(place, path)?.isDirectory()) throw notADirectory(path);
    place.files.renameSync(join(place.root, path), join(place.root, kept));
  } else if (!isKept) return false;
  registry.write({ ...record, state: 'archived' });
  registry.release('path', path, record.volume);
  return true;
}

/** Set aside first, in one step, so that the path is free and a pod cannot find what is half gone. */
async function remove(
  place: Workplace,
  registry: Registry,
  record: StoredRecord,
  stands: boolean,
): Promise<boolean> {
  const { volume } = record;
  const path = joinInner(record.base, record.path);
  const aside = registry.setAside(volume);
  const isAside = () => place.files.lstatSync(aside, { throwIfNoEntry: false }) !== undefined;
  if (record.state !== 'removing') registry.write({ ...record, state: 'removing' });
  if (stands && !isAside()) {
    if (!look(place, path)?.isDirectory()) throw notADirectory(path);
    place.files.renameSync(join(place.root, path), aside);
  }
  registry.release('path', path, volume);
  if (isAside() && !(await removeTree(place, aside))) return false;
  if (record.projectId !== undefined) await place.quota.limit(record.projectId, 0n);
  returnProject(registry, volume);
  registry.drop(volume);
  return true;
}
