import { chmodSync, lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../async/clock.ts';
import type { MakeDirectory } from '../directories-port.ts';
import { type FileCalls, kernelFileCalls } from '../orders/file-calls.ts';
import type { ProjectQuota } from '../orders/project-quota.ts';
import type { Workplace } from '../orders/workplace.ts';

/** Project quota in memory. `missing` is why there is none. */
export function createFakeQuota(missing?: string) {
  const limits = new Map<number, bigint>();
  const assigned = new Map<number, string>();
  const quota: ProjectQuota = {
    missing: async () => missing,
    isTaken: async (id) => (limits.get(id) ?? 0n) !== 0n,
    assign: async (id, directory) => void assigned.set(id, directory),
    limit: async (id, bytes) => void limits.set(id, bytes),
  };
  return { ...quota, limits, assigned };
}

/** A directory in place of a mounted file system. */
export interface TestWorkplace extends Workplace {
  readonly quota: ReturnType<typeof createFakeQuota>;
  /** The same file system, worked on through other calls. */
  through(changes: Partial<Workplace>): Workplace;
  /** Every path with its kind, mode and, for records, content. */
  snapshot(): readonly string[];
  close(): void;
}

export function openTestWorkplace(quota = createFakeQuota()): TestWorkplace {
  const root = mkdtempSync(join(tmpdir(), 'berth-directories-'));
  chmodSync(root, 0o755);
  const place = {
    files: kernelFileCalls as FileCalls,
    root,
    quota,
    clock: systemClock,
    turnEndsAt: Number.POSITIVE_INFINITY,
    pace: async () => {},
  };
  return {
    ...place,
    through: (changes) => ({ ...place, ...changes }),
    snapshot: () => snapshotOf(root),
    close: () => rmSync(root, { recursive: true }),
  };
}

function snapshotOf(root: string): readonly string[] {
  const paths = readdirSync(root, { recursive: true, encoding: 'utf8' }).sort();
  return paths.map((path) => {
    const stat = lstatSync(join(root, path));
    const mode = (stat.mode & 0o7777).toString(8);
    return stat.isFile() ? `${path} ${mode} ${readFileSync(join(root, path), 'utf8')}` : `${path} ${mode}`;
  });
}

export function makeOrder(changes: Partial<MakeDirectory> = {}): MakeDirectory {
  return {
    mount: { fsType: 'lustre', source: '10.0.0.4@tcp:/lustrefs', options: [], readonly: false },
    volume: 'pvc-1',
    driver: 'azurelustre.csi.azure.com',
    base: 'claims',
    path: 'team/data',
    mode: 0o770,
    uid: process.getuid?.() ?? 0,
    gid: process.getgid?.() ?? 0,
    onDelete: 'delete',
    capacityBytes: 1_048_576n,
    quota: 'lustre-project-if-possible',
    ...changes,
  };
}
