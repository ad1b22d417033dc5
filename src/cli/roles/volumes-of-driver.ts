import type { KubeClient } from '../../kube/client.ts';
import type { PersistentVolume } from '../../kube/objects.ts';
import { persistentVolumes } from '../../kube/resources.ts';

/** A cluster may have thousands of volumes; the API server is asked for them in pages. */
const pageSize = 500;

/** More names than this are a number: the log of a failed hook has to stay readable. */
const namedAtMost = 20;

/** Every PersistentVolume of one driver, by hand or provisioned, whatever its phase. */
export async function volumesOfDriver(
  client: Pick<KubeClient, 'list'>,
  driver: string,
): Promise<readonly PersistentVolume[]> {
  const found: PersistentVolume[] = [];
  let page: string | undefined;
  do {
    const list = await client.list(persistentVolumes, {
      limit: pageSize,
      ...(page !== undefined && { continue: page }),
    });
    found.push(...list.items.filter(({ spec }) => spec.csi?.driver === driver));
    page = list.continue;
  } while (page !== undefined);
  return found;
}

/** Upstream's words first, so that its guide is found; then who uses each volume and what to do. */
export function describeVolumesInUse(volumes: readonly PersistentVolume[], driver: string): string {
  const named = volumes.slice(0, namedAtMost).map(describe);
  const more = volumes.length > namedAtMost ? [`and ${volumes.length - namedAtMost} more`] : [];
  return [
    `found ${volumes.length} PersistentVolume(s) still using CSI driver "${driver}": ${[...named, ...more].join(', ')}`,
    'Without the driver their pods could neither start nor end. Delete the pods and claims first, then the volumes that were kept (reclaim policy Retain);',
    'deleting a PersistentVolume of policy Retain deletes no data. To uninstall all the same: helm uninstall --no-hooks.',
  ].join('\n');
}

function describe({ metadata, spec, status }: PersistentVolume): string {
  const phase = status?.phase ?? 'Pending';
  const claim = spec.claimRef;
  if (claim === undefined) return `${metadata.name} (${phase})`;
  return `${metadata.name} (${phase}, claim ${claim.namespace}/${claim.name})`;
}
