import { join } from 'node:path';
import { CsiError } from '../../csi/errors.ts';
import { errnoOf } from '../../mount/errno.ts';
import type { DirectoryRecord, MakeDirectory, QuotaKind } from '../directories-port.ts';
import { joinInner, pathsAbove } from '../inner-path.ts';
import { openRegistry, type Registry } from './registry.ts';
import { type StoredRecord, withoutState } from './stored-record.ts';
import { returnProject, takeProject } from './take-project.ts';
import { look, notADirectory, type Workplace } from './workplace.ts';

/** What lies between the root and a volume's directory. */
const parentMode = 0o755;

/**
 * Makes a volume's directory in steps that can each be the last of a killed process: record; path; the directory, empty
 * and closed to all, by which a next call knows it; record `made`; quota, owner and mode; record `ready`. What is refused
 * leaves nothing behind.
 */
export async function makeDirectory(place: Workplace, order: MakeDirectory): Promise<DirectoryRecord> {
  const registry = openRegistry(place.files, place.root);
  const stands = registry.record(order.volume);
  if (stands?.state === 'ready') return withoutState(stands);
  if (stands !== undefined && stands.state !== 'making' && stands.state !== 'made') throw itHasGone(stands);
  const begun = stands ?? begin(registry, order);
  try {
    const made = begun.state === 'made' ? begun : await make(place, registry, begun, order.quota);
    return withoutState(await open(place, registry, made));
  } catch (error) {
    if (error instanceof Refused) undo(place, registry, begun);
    throw error;
  }
}

/** A refusal before the directory is the volume's; what was noted for it is taken back. */
class Refused extends CsiError {}

function begin(registry: Registry, order: MakeDirectory): StoredRecord {
  const { volume, driver, base, path, mode, uid, gid, onDelete, capacityBytes } = order;
  const asked = { volume, driver, base, path, mode, uid, gid, onDelete, capacityBytes };
  const record: StoredRecord = { ...asked, projectId: undefined, state: 'making' };
  registry.write(record);
  return record;
}

async function make(
  place: Workplace,
  registry: Registry,
  record: StoredRecord,
  quota: QuotaKind,
): Promise<StoredRecord> {
  const path = joinInner(record.base, record.path);
  const owner = registry.claim('path', path, record.volume);
  if (owner !== record.volume) throw refused(path, `it is the directory of volume ${owner}`);
  const project = await takeProject(place.quota, registry, record.volume, quota);
  if ('missing' in project) throw new Refused('failed-precondition', project.missing);
  refuseInsideOthers(registry, path);
  makeClosed(place, path);
  // Another volume may have taken a directory above since the last look; both look after they have claimed.
  refuseInsideOthers(registry, path);
  const made: StoredRecord = { ...record, projectId: project.id, state: 'made' };
  registry.write(made);
  return made;
}

/** Repeated after a kill it does the same again; the volume is not in use before its record is `ready`. */
async function open(place: Workplace, registry: Registry, record: StoredRecord): Promise<StoredRecord> {
  const path = joinInner(record.base, record.path);
  const directory = join(place.root, path);
  const found = look(place, path);
  if (found === undefined) makeClosed(place, path);
  else if (!found.isDirectory()) throw notADirectory(path);
  if (record.projectId !== undefined) {
    await place.quota.assign(record.projectId, directory);
    await place.quota.limit(record.projectId, record.capacityBytes);
  }
  giveTo(place, directory, record);
  place.files.chmodSync(directory, record.mode);
  const ready: StoredRecord = { ...record, state: 'ready' };
  registry.write(ready);
  return ready;
}

/** In a user namespace, as a sandbox's may be, most users do not exist. */
function giveTo({ files }: Workplace, directory: string, { uid, gid }: StoredRecord): void {
  try {
    files.chownSync(directory, uid, gid);
  } catch (error) {
    if (errnoOf(error) !== 'EINVAL') throw error;
    const message = `uid ${uid} and gid ${gid} cannot own a directory here: "berth directories" runs in a user namespace without them`;
    throw new CsiError('failed-precondition', message, { cause: error });
  }
}

function refuseInsideOthers(registry: Registry, path: string): void {
  for (const above of pathsAbove(path)) {
    const owner = registry.holder('path', above);
    if (owner !== undefined) throw refused(path, `it lies in "${above}", the directory of volume ${owner}`);
  }
}

/** A directory that nobody can use yet: that is how a repeated call tells it from one that was there before. */
function makeClosed(place: Workplace, path: string): void {
  for (const above of pathsAbove(path)) makeParent(place, above);
  if (mkdir(place, path, 0)) return;
  if (!isClosed(place, path))
    throw refused(
      path,
      'it exists, and nothing proves that Berth made it: remove it, or choose another sub-dir',
    );
}

function makeParent(place: Workplace, path: string): void {
  if (mkdir(place, path, parentMode)) place.files.chmodSync(join(place.root, path), parentMode);
  else if (!look(place, path)?.isDirectory()) {
    const message = `"${path}" is a symbolic link or a file, not a directory; name the directory it leads to`;
    throw new Refused('failed-precondition', message);
  }
}

function mkdir({ files, root }: Workplace, path: string, mode: number): boolean {
  try {
    files.mkdirSync(join(root, path), { mode });
    return true;
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false;
    throw error;
  }
}

function isClosed(place: Workplace, path: string): boolean {
  const found = look(place, path);
  const closed = found?.isDirectory() && (found.mode & 0o777) === 0 && found.uid === process.geteuid?.();
  return closed === true && isEmpty(place, path);
}

function isEmpty({ files, root }: Workplace, path: string): boolean {
  const folder = files.opendirSync(join(root, path));
  try {
    return folder.readSync() === null;
  } finally {
    folder.closeSync();
  }
}

function undo(place: Workplace, registry: Registry, { volume, ...record }: StoredRecord): void {
  const path = joinInner(record.base, record.path);
  if (registry.holder('path', path) === volume && isClosed(place, path))
    place.files.rmdirSync(join(place.root, path));
  returnProject(registry, volume);
  registry.release('path', path, volume);
  registry.drop(volume);
}

function refused(path: string, reason: string): Refused {
  return new Refused('already-exists', `directory "${path}" is not this volume's: ${reason}`);
}

function itHasGone({ volume, state, base, path }: StoredRecord): CsiError {
  if (state === 'removing')
    return new CsiError(
      'aborted',
      `the directory of volume ${volume} is being removed; try again when it is gone`,
    );
  const where = state === 'archived' ? joinInner(base, `archived-${volume}`) : joinInner(base, path);
  const message = `volume ${volume} was deleted and its data kept in "${where}"; a new volume needs another name`;
  return new CsiError('already-exists', message);
}
