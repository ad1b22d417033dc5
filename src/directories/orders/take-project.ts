import { CsiError } from '../../csi/errors.ts';
import type { QuotaKind } from '../directories-port.ts';
import { projectIdsFor } from './project-id.ts';
import type { ProjectQuota } from './project-quota.ts';
import type { Registry } from './registry.ts';

/** `id` is undefined for a volume without quota. */
export type TakenProject = { readonly id: number | undefined } | { readonly missing: string };

/**
 * The volume's project id: the first in its own order that is nobody's, on record and in the file system's books. A
 * repeated call comes to the same one, since it finds it on record.
 */
export async function takeProject(
  quota: ProjectQuota,
  registry: Registry,
  volume: string,
  kind: QuotaKind,
): Promise<TakenProject> {
  if (kind === 'none') return { id: undefined };
  const missing = await quota.missing();
  if (missing !== undefined)
    return kind === 'lustre-project' ? { missing: needed(missing) } : { id: undefined };
  for (const id of projectIdsFor(volume)) {
    const holder = registry.holder('project', String(id));
    if (holder === volume) return { id };
    if (holder !== undefined || (await quota.isTaken(id))) continue;
    if (registry.claim('project', String(id), volume) === volume) return { id };
  }
  throw new CsiError('resource-exhausted', `no project id near that of volume ${volume} is free`);
}

/** Gives back what `takeProject` took, also by a process that was killed right after. */
export function returnProject(registry: Registry, volume: string): void {
  for (const id of projectIdsFor(volume)) registry.release('project', String(id), volume);
}

function needed(reason: string): string {
  return `project-quota is "required" and cannot be had: ${reason}. Install lustre-client-utils beside "berth directories" and enable project quota, or set project-quota: auto`;
}
